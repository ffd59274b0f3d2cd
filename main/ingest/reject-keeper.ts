import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { RejectedMetric } from './ingest-ports.ts';

/** A value that could not become a row, as it is kept for a person to look at. */
export interface KeptReject {
  readonly row: TelemetryRow | Readonly<Record<string, unknown>>;
  readonly reason: string;
}

const RETRY_MS = 5_000;
/** A device with a wild clock sends for days; the newest are enough to see what is wrong with it. */
const MAX_HELD = 10_000;
const MAX_HELD_BYTES = 16_000_000;

/** Of a value without texts and arrays; of each character, byte or item of others. */
const HELD_BYTES = 400;
const BYTES_PER_ITEM = 24;

interface Held {
  readonly reject: KeptReject;
  /** About. */
  readonly bytes: number;
}

/** Values whose time cannot be right go to a place of their own, together and again when the database is away. */
export class RejectKeeper {
  readonly #keep: (rejects: readonly KeptReject[]) => Promise<void>;
  readonly #clock: Clock;
  readonly #log: Log;
  #held: Held[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(keep: (rejects: readonly KeptReject[]) => Promise<void>, clock: Clock, log: Log) {
    this.#keep = keep;
    this.#clock = clock;
    this.#log = log;
  }

  add(rejected: readonly RejectedMetric[]): void {
    this.#held.push(...rejected.map(toHeld));
    this.#dropSurplus();
    this.#cancelTimer ??= this.#clock.after(0, () => void this.flush());
  }

  /** Writes what is held; a failure keeps it for the next try. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const flushed = this.#held;
    if (flushed.length === 0) return;
    this.#held = [];
    try {
      await this.#keep(flushed.map(({ reject }) => reject));
    } catch (error) {
      this.#held = [...flushed, ...this.#held];
      this.#dropSurplus();
      this.#log.warn('rejected values could not be kept yet', { count: flushed.length, error: describeError(error) });
      this.#cancelTimer ??= this.#clock.after(RETRY_MS, () => void this.flush());
    }
  }

  #dropSurplus(): void {
    let bytes = 0;
    let keptCount = 0;
    for (const held of this.#held.toReversed()) {
      bytes += held.bytes;
      if (keptCount === MAX_HELD || (keptCount > 0 && bytes > MAX_HELD_BYTES)) break;
      keptCount += 1;
    }
    const surplus = this.#held.length - keptCount;
    if (surplus === 0) return;
    this.#held.splice(0, surplus);
    this.#log.warn('rejected values were not kept: too many while the historian is away', { count: surplus });
  }
}

function toHeld(rejected: RejectedMetric): Held {
  const reject = toKeptReject(rejected);
  const { value } = rejected.metric;
  const isLong = typeof value === 'string' || value instanceof Uint8Array || Array.isArray(value);
  return { reject, bytes: HELD_BYTES + (isLong ? BYTES_PER_ITEM * value.length : 0) };
}

function toKeptReject({ metric, row, reason, receivedAtMs }: RejectedMetric): KeptReject {
  if (row !== null) return { row, reason };
  const value = metric.value instanceof Uint8Array ? Buffer.from(metric.value).toString('base64') : metric.value;
  return { row: { ...metric, value, receivedAtMs }, reason };
}
