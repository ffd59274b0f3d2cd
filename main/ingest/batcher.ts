import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';

export interface BatchRule {
  /** A batch is due when its oldest row has waited this long … */
  readonly maxAgeMs: number;
  /** … or when this many rows wait; also the size of a batch. */
  readonly maxRowCount: number;
  /** Bound of the memory: rows waiting, with those of the open batch. */
  readonly maxWaitingCount: number;
}

/** Rows that came in one message. */
interface Arrival {
  readonly rows: readonly TelemetryRow[];
  readonly isBirth: boolean;
  readonly atMs: number;
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
  #open: Batch | undefined;

  constructor(rule: BatchRule) {
    this.#rule = rule;
  }

  get waitingCount(): number {
    return this.#queuedCount + (this.#open?.rows.length ?? 0);
  }

  /** Arrival of the oldest row that waits. */
  get oldestAtMs(): number | undefined {
    return (this.#open?.arrivals ?? this.#arrivals)[0]?.atMs;
  }

  /** Takes as many rows as the bound allows, the first ones; returns how many it did not take. */
  add(rows: readonly TelemetryRow[], isBirth: boolean, nowMs: number): number {
    const room = this.#rule.maxWaitingCount - this.waitingCount;
    const taken = rows.length <= room ? rows : rows.slice(0, Math.max(0, room));
    if (taken.length > 0) this.#arrivals.push({ rows: taken, isBirth, atMs: nowMs });
    this.#queuedCount += taken.length;
    return rows.length - taken.length;
  }

  /** Time until the next batch is due, 0 when it is; undefined when nothing waits behind the open batch. */
  dueInMs(nowMs: number): number | undefined {
    const first = this.#arrivals[0];
    if (!first) return undefined;
    if (this.#queuedCount >= this.#rule.maxRowCount) return 0;
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
        arrivals.push({ ...next, rows: next.rows.slice(0, left) });
        this.#arrivals[index] = { ...next, rows: next.rows.slice(left) };
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
    this.#open = undefined;
  }
}
