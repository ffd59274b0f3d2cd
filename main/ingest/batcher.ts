import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { countRowBytes } from './row-bytes.ts';

export interface BatchRule {
  /** A batch is due when its oldest row has waited this long … */
  readonly maxAgeMs: number;
  /** … or when this many rows wait. */
  readonly dueRowCount: number;
  /** Size of a batch where more have come meanwhile: what waits after an outage goes in large pieces. */
  readonly maxRowCount: number;
  /** Bound of the memory: rows waiting, with those of the open batch … */
  readonly maxWaitingCount: number;
  /** … and what they take, about. A row that is larger by itself is taken when nothing else waits. */
  readonly maxWaitingBytes: number;
}

/** Rows that came in one message. */
interface Arrival {
  readonly rows: readonly TelemetryRow[];
  readonly isBirth: boolean;
  readonly atMs: number;
  readonly bytes: number;
}

/** Rows to be committed together, in order of arrival. */
export interface Batch {
  readonly arrivals: readonly Arrival[];
  readonly rows: readonly TelemetryRow[];
}

/**
 * Collects rows into batches. Pure: the time is a parameter (of a clock that never steps). One batch is open at
 * a time; it counts as waiting until `close`.
 */
export class Batcher {
  readonly #rule: BatchRule;
  #arrivals: Arrival[] = [];
  #queuedCount = 0;
  /** With the open batch. */
  #waitingBytes = 0;
  #open: Batch | undefined;

  constructor(rule: BatchRule) {
    this.#rule = rule;
  }

  get waitingCount(): number {
    return this.#queuedCount + (this.#open?.rows.length ?? 0);
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Arrival of the oldest row that waits. */
  get oldestAtMs(): number | undefined {
    return (this.#open?.arrivals ?? this.#arrivals)[0]?.atMs;
  }

  /** Takes as many rows as the bounds allow, the first ones; returns how many it did not take. */
  add(rows: readonly TelemetryRow[], isBirth: boolean, nowMs: number): number {
    const { maxWaitingCount, maxWaitingBytes } = this.#rule;
    const room = Math.min(rows.length, Math.max(0, maxWaitingCount - this.waitingCount));
    let takenCount = 0;
    let bytes = 0;
    for (const row of rows.slice(0, room)) {
      const ownBytes = countRowBytes(row);
      const waitingBytes = this.#waitingBytes + bytes;
      if (waitingBytes > 0 && waitingBytes + ownBytes > maxWaitingBytes) break;
      bytes += ownBytes;
      takenCount += 1;
    }
    if (takenCount > 0) {
      const taken = takenCount === rows.length ? rows : rows.slice(0, takenCount);
      this.#arrivals.push({ rows: taken, isBirth, atMs: nowMs, bytes });
    }
    this.#queuedCount += takenCount;
    this.#waitingBytes += bytes;
    return rows.length - takenCount;
  }

  /** Time until the next batch is due, 0 when it is; undefined when nothing waits behind the open batch. */
  dueInMs(nowMs: number): number | undefined {
    const first = this.#arrivals[0];
    if (!first) return undefined;
    if (this.#queuedCount >= this.#rule.dueRowCount) return 0;
    return Math.max(0, first.atMs + this.#rule.maxAgeMs - nowMs);
  }

  /** Opens a batch of the oldest rows, due or not; undefined when nothing waits or one is open. */
  open(): Batch | undefined {
    if (this.#open || this.#arrivals.length === 0) return undefined;
    const arrivals: Arrival[] = [];
    let left = this.#rule.maxRowCount;
    let index = 0;
    for (let next = this.#arrivals[0]; next && left > 0; next = this.#arrivals[index]) {
      if (next.rows.length <= left) {
        arrivals.push(next);
        index += 1;
      } else {
        const rows = next.rows.slice(0, left);
        const bytes = rows.reduce((sum, row) => sum + countRowBytes(row), 0);
        arrivals.push({ ...next, rows, bytes });
        this.#arrivals[index] = { ...next, rows: next.rows.slice(left), bytes: next.bytes - bytes };
      }
      left -= next.rows.length;
    }
    this.#arrivals = this.#arrivals.slice(index);
    const rows = arrivals.flatMap((arrival) => arrival.rows);
    this.#queuedCount -= rows.length;
    this.#open = { arrivals, rows };
    return this.#open;
  }

  /** The open batch is committed. */
  close(): void {
    for (const { bytes } of this.#open?.arrivals ?? []) this.#waitingBytes -= bytes;
    this.#open = undefined;
  }
}
