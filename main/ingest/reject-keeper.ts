import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { RejectedMetric } from './ingest-ports.ts';

/** A value that could not become a row, as it is kept for a person to look at. */
export interface KeptReject {
  readonly row: Readonly<Record<string, unknown>>;
  readonly reason: string;
}

const RETRY_MS = 5_000;
/** A device with a wild clock sends for days; the newest are enough to see what is wrong with it. */
const MAX_HELD = 10_000;

/** Values whose time cannot be right go to a place of their own, together and again when the database is away. */
export class RejectKeeper {
  readonly #keep: (rejects: readonly KeptReject[]) => Promise<void>;
  readonly #clock: Clock;
  readonly #log: Log;
  #held: KeptReject[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(keep: (rejects: readonly KeptReject[]) => Promise<void>, clock: Clock, log: Log) {
    this.#keep = keep;
    this.#clock = clock;
    this.#log = log;
  }

  add(rejected: readonly RejectedMetric[]): void {
    this.#held.push(...rejected.map(toKeptReject));
    const surplus = this.#held.length - MAX_HELD;
    if (surplus > 0) {
      this.#held.splice(0, surplus);
      this.#log.warn('rejected values were not kept: too many while the historian is away', { count: surplus });
    }
    this.#cancelTimer ??= this.#clock.after(0, () => void this.flush());
  }

  /** Writes what is held; a failure keeps it for the next try. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const rejects = this.#held;
    if (rejects.length === 0) return;
    this.#held = [];
    try {
      await this.#keep(rejects);
    } catch (error) {
      this.#held = [...rejects, ...this.#held];
      this.#log.warn('rejected values could not be kept yet', { count: rejects.length, error: describeError(error) });
      this.#cancelTimer ??= this.#clock.after(RETRY_MS, () => void this.flush());
    }
  }
}

function toKeptReject({ metric, reason, receivedAtMs }: RejectedMetric): KeptReject {
  const value = metric.value instanceof Uint8Array ? Buffer.from(metric.value).toString('base64') : metric.value;
  return { row: { ...metric, value, receivedAtMs }, reason };
}
