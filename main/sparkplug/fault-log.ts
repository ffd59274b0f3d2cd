import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import type { HostFaultReason } from './host-node.ts';

const REPEAT_AFTER_MS = 60_000;
/** A broker full of invented nodes must not fill the memory: then all is forgotten, and a line may come twice. */
const MAX_KIND_COUNT = 50_000;

/** Every fault is counted; of the same kind of the same node one line a minute is written, with how many it stands for. */
export class FaultLog {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #kinds = new Map<string, { writtenAtMs: number; unwrittenCount: number }>();
  #count = 0;

  constructor(clock: Clock, log: Log) {
    this.#clock = clock;
    this.#log = log;
  }

  get count(): number {
    return this.#count;
  }

  add(edgeNode: string, reason: HostFaultReason | 'foreign-topic' | 'too-many-nodes', detail: string): void {
    this.#count += 1;
    const nowMs = this.#clock.monotonicMs();
    const key = `${edgeNode} ${reason}`;
    const kind = this.#kinds.get(key);
    if (kind && nowMs - kind.writtenAtMs < REPEAT_AFTER_MS) {
      kind.unwrittenCount += 1;
      return;
    }
    const likeIt = kind?.unwrittenCount ?? 0;
    if (kind === undefined && this.#kinds.size >= MAX_KIND_COUNT) this.#kinds.clear();
    this.#kinds.set(key, { writtenAtMs: nowMs, unwrittenCount: 0 });
    this.#log.warn(`a message could not be used: ${reason}`, { edgeNode, detail, likeItSinceLast: likeIt });
  }
}
