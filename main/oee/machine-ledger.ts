import type { MachineConfig, TagConfig, TagRole } from '../../shared/config/equipment.ts';
import { parseQualityCode } from '../../shared/domain/quality.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { partsCounter } from '../../shared/oee/counted-parts.ts';
import { completeCounts, type CounterRule, type PartCounts } from '../../shared/oee/counter-deltas.ts';
import { ONLINE_METRIC } from '../../shared/oee/machine-rules.ts';
import { type Reading, stateIntervals } from '../../shared/oee/state-intervals.ts';
import type { ClassifiedInterval, TimeRange } from '../../shared/oee/time-class.ts';
import { CounterSeries, SampleSeries } from './sample-series.ts';

/** A drop of a counter up to this many parts is an operator's correction, not a restart (C3). */
const CORRECTION_LIMIT = 10;
/** Registers of a PLC roll over at their width; a 64-bit one never does. */
const MODULUS: Partial<Record<TagConfig['datatype'], number>> = {
  Int8: 2 ** 8,
  UInt8: 2 ** 8,
  Int16: 2 ** 16,
  UInt16: 2 ** 16,
  Int32: 2 ** 32,
  UInt32: 2 ** 32,
};

interface Feed {
  take(rows: readonly TelemetryRow[]): void;
  forgetBefore(timeMs: number): void;
}

/** What is known of one machine: its samples by role, and the questions OEE asks of them. */
export class MachineLedger {
  readonly config: MachineConfig;
  readonly #feeds = new Map<string, Feed>();
  readonly #texts = new Map<TagRole, SampleSeries<string | null>>();
  readonly #flags = new Map<TagRole | 'online', SampleSeries<boolean | null>>();
  readonly #counters = new Map<TagRole, CounterSeries>();

  constructor(config: MachineConfig) {
    this.config = config;
    this.#addFlag('online', ONLINE_METRIC);
    for (const tag of config.tags) this.#addTag(tag);
  }

  get metricNames(): string[] {
    return [...this.#feeds.keys()];
  }

  get microStopMs(): number {
    return this.config.microStopS * 1_000;
  }

  get idealCycleMs(): number | null {
    return this.config.idealCycleMs ?? null;
  }

  /** Takes rows of one metric, in any order; rows it already has and metrics it does not need are ignored. */
  take(metricName: string, rows: readonly TelemetryRow[]): void {
    this.#feeds.get(metricName)?.take(rows);
  }

  /** Keeps what holds at `timeMs` and what is later. */
  forgetBefore(timeMs: number): void {
    for (const feed of this.#feeds.values()) feed.forgetBefore(timeMs);
  }

  /**
   * What the machine did; stops are not classified and no plan is laid over it. `deadSinceMs`: the edge node is
   * away since then, so that nothing after it is known until it is back.
   */
  intervals(range: TimeRange, deadSinceMs: number | null): ClassifiedInterval[] {
    const online = this.#readings(this.#flags, 'online') ?? [];
    return stateIntervals(
      {
        states: this.#readings(this.#texts, 'state') ?? [],
        stopReasons: this.#readings(this.#texts, 'stop-reason') ?? [],
        starved: this.#readings(this.#flags, 'starved') ?? [],
        blocked: this.#readings(this.#flags, 'blocked') ?? [],
        online: deadSinceMs === null ? online : withDeadTail(online, deadSinceMs),
      },
      range,
    );
  }

  /** Parts counted after `fromMs` up to the time asked for; what touches a gap goes with it. */
  counter(fromMs: number, gaps: readonly TimeRange[]): (atMs: number) => PartCounts {
    const countOf = (role: TagRole): ((atMs: number) => number | null) => {
      const series = this.#counters.get(role);
      return series === undefined ? () => null : partsCounter(series, fromMs, gaps);
    };
    const [total, good, reject] = [countOf('total'), countOf('good'), countOf('reject')];
    return (atMs) => completeCounts({ totalCount: total(atMs), goodCount: good(atMs), rejectCount: reject(atMs) });
  }

  #readings<R, V>(
    all: ReadonlyMap<R, SampleSeries<V | null>>,
    role: R,
  ): readonly Reading<NonNullable<V>>[] | undefined {
    return all.get(role)?.readings;
  }

  #addTag(tag: TagConfig): void {
    switch (tag.role) {
      case 'state':
      case 'stop-reason':
        if (!this.#texts.has(tag.role)) this.#addText(tag.role, tag.metric);
        return;
      case 'starved':
      case 'blocked':
        if (!this.#flags.has(tag.role)) this.#addFlag(tag.role, tag.metric);
        return;
      case 'total':
      case 'good':
      case 'reject':
        if (!this.#counters.has(tag.role)) this.#addCounter(tag.role, tag);
        return;
      case 'speed':
      case 'mode':
      case 'running':
      case 'product':
      case 'order':
      case 'rework':
      case 'value':
        return;
    }
  }

  #addText(role: TagRole, metricName: string): void {
    const series = new SampleSeries<string | null>();
    this.#texts.set(role, series);
    this.#addFeed(metricName, series, (row) => (isGood(row) ? toText(row) : null));
  }

  #addFlag(role: TagRole | 'online', metricName: string): void {
    const series = new SampleSeries<boolean | null>();
    this.#flags.set(role, series);
    this.#addFeed(metricName, series, (row) => (isGood(row) && row.value !== null ? row.value !== 0 : null));
  }

  #addCounter(role: TagRole, tag: TagConfig): void {
    const series = new CounterSeries(this.#ruleOf(tag));
    this.#counters.set(role, series);
    // T3: a reading that is not good does not advance the counter, so it has no place in the series.
    this.#addFeed(tag.metric, series, (row) =>
      isGood(row) && row.value !== null && Number.isFinite(row.value) ? row.value : undefined,
    );
  }

  #addFeed<V>(metricName: string, series: SampleSeries<V>, toValue: (row: TelemetryRow) => V | undefined): void {
    this.#feeds.set(metricName, {
      take(rows) {
        const samples: { timeMs: number; value: V }[] = [];
        for (const row of rows) {
          const value = toValue(row);
          if (value !== undefined) samples.push({ timeMs: row.timeMs, value });
        }
        series.merge(samples);
      },
      forgetBefore: (timeMs) => series.forgetBefore(timeMs),
    });
  }

  /** A rollover is believed only where the ideal cycle says what is possible; else a reset would look like one. */
  #ruleOf(tag: TagConfig): CounterRule {
    const modulus = MODULUS[tag.datatype];
    const { idealCycleMs } = this;
    const rule = { correctionLimit: CORRECTION_LIMIT };
    return modulus === undefined || idealCycleMs === null ? rule : { ...rule, modulus, maxRatePerMs: 1 / idealCycleMs };
  }
}

const isGood = (row: TelemetryRow): boolean => parseQualityCode(row.quality) === 'good';

/** Text of a string metric; a state told as a number keeps it, and has no class. */
function toText(row: TelemetryRow): string | null {
  const text = row.meta?.['text'];
  if (typeof text === 'string') return text;
  return row.value === null ? null : String(row.value);
}

function withDeadTail(online: readonly Reading<boolean>[], deadSinceMs: number): Reading<boolean>[] {
  // A device that never said anything about its observation was observed until now.
  const before = online.length === 0 ? [{ timeMs: Number.NEGATIVE_INFINITY, value: true }] : online;
  return [...before.filter(({ timeMs }) => timeMs < deadSinceMs), { timeMs: deadSinceMs, value: false }];
}
