import type { Clock } from '../platform/clock.ts';
import type { LatencyWindow } from '../platform/latency-window.ts';
import type { RateMeter } from '../platform/rate-meter.ts';
import type { StoredChange } from './ports.ts';

/** Rows that were not sent. */
interface LeftRows<Row> {
  readonly notTaken: readonly Row[];
  readonly poisoned: readonly { readonly row: Row; readonly reason: string }[];
}

/** What the forwarder sends through: the edge-node session. */
export interface RowSender {
  send<Row extends StoredChange>(rows: readonly Row[], isHistorical: boolean): Promise<LeftRows<Row>>;
  barrier(): Promise<void>;
}

/**
 * The edge-node session with two additions. Live rows that are older than what was already sent of their metric
 * (back-filled history) go out as historical, so that no host takes them for the current value. And what a barrier
 * proves to have arrived is measured: source time to broker.
 */
export class MeasuredSender implements RowSender {
  readonly #inner: RowSender;
  readonly #latency: LatencyWindow;
  readonly #rate: RateMeter;
  readonly #clock: Clock;
  readonly #newestMs = new Map<string, number>();
  #unproven: number[] = [];

  constructor(inner: RowSender, parts: { latency: LatencyWindow; rate: RateMeter; clock: Clock }) {
    this.#inner = inner;
    this.#latency = parts.latency;
    this.#rate = parts.rate;
    this.#clock = parts.clock;
  }

  async send<Row extends StoredChange>(rows: readonly Row[], isHistorical: boolean): Promise<LeftRows<Row>> {
    if (isHistorical) return this.#count(rows, await this.#inner.send(rows, true));
    const isFirst = new Set(rows.filter((row) => !this.#newestMs.has(toKey(row))).map((row) => row.rowId));
    const late = rows.filter((row) => this.#isLate(row));
    const isLate = new Set(late.map((row) => row.rowId));
    const live = late.length === 0 ? rows : rows.filter((row) => !isLate.has(row.rowId));
    const left = await this.#inner.send(live, false);
    const lateLeft = late.length === 0 ? undefined : await this.#inner.send(late, true);
    const all = lateLeft === undefined ? left : join(left, lateLeft);
    const isLeft = new Set([...all.notTaken, ...all.poisoned.map(({ row }) => row)].map((row) => row.rowId));
    for (const { rowId, timestampMs } of live) {
      // The first value of a metric may be as old as its last change: its age is no latency.
      if (!isLeft.has(rowId) && !isFirst.has(rowId)) this.#unproven.push(timestampMs);
    }
    return this.#count(rows, all);
  }

  async barrier(): Promise<void> {
    const sent = this.#unproven;
    this.#unproven = [];
    await this.#inner.barrier();
    const nowMs = this.#clock.nowMs();
    for (const timestampMs of sent) this.#latency.record(nowMs - timestampMs);
  }

  /** A new session shows current values in its births, so older ones stay late. */
  #isLate(row: StoredChange): boolean {
    const key = toKey(row);
    const newestMs = this.#newestMs.get(key);
    if (newestMs !== undefined && row.timestampMs < newestMs) return true;
    this.#newestMs.set(key, row.timestampMs);
    return false;
  }

  #count<Row extends StoredChange>(rows: readonly Row[], left: LeftRows<Row>): LeftRows<Row> {
    this.#rate.count(rows.length - left.notTaken.length - left.poisoned.length);
    return left;
  }
}

const join = <Row>(one: LeftRows<Row>, other: LeftRows<Row>): LeftRows<Row> => ({
  notTaken: [...one.notTaken, ...other.notTaken],
  poisoned: [...one.poisoned, ...other.poisoned],
});

const toKey = (row: StoredChange): string => `${row.deviceId ?? ''}/${row.metricName}`;
