import type { MachineConfig, TagConfig } from '../../shared/config/equipment.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { EvidenceColumns } from '../../shared/oee/evidence-columns.ts';
import type { CounterEvidence, CounterRole, MachineEvidence } from '../../shared/oee/machine-account.ts';
import { counterRuleOf, ONLINE_METRIC } from '../../shared/oee/machine-rules.ts';
import type { Reading } from '../../shared/oee/state-intervals.ts';
import { CounterSeries, SampleSeries } from './sample-series.ts';

const TEXT_ROLES = ['state', 'stop-reason', 'mode', 'product', 'order'] as const;
const FLAG_ROLES = ['online', 'running', 'starved', 'blocked'] as const;
const COUNTER_ROLES: readonly CounterRole[] = ['total', 'good', 'reject', 'rework'];
type TextRole = (typeof TEXT_ROLES)[number];
type FlagRole = (typeof FLAG_ROLES)[number];

/** What a row says to a role; `undefined` has no place in its series. */
type ToValue<V> = (value: number | null, text: string | undefined, isGood: boolean) => V | undefined;

interface Feed {
  take(rows: readonly TelemetryRow[]): void;
  load(columns: EvidenceColumns): void;
  forgetBefore(timeMs: number): void;
}

/** What was heard of one machine, by role and by its own time, in whatever order it came. */
export class MachineLedger {
  readonly config: MachineConfig;
  readonly #feeds = new Map<string, Feed>();
  readonly #texts = new Map<TextRole, SampleSeries<string | null>>();
  readonly #flags = new Map<FlagRole, SampleSeries<boolean | null>>();
  readonly #counters = new Map<CounterRole, CounterSeries>();

  constructor(config: MachineConfig) {
    this.config = config;
    this.#addFlag('online', ONLINE_METRIC);
    for (const tag of config.tags) this.#addTag(tag);
  }

  get metricNames(): string[] {
    return [...this.#feeds.keys()];
  }

  /** Takes rows of one metric, in any order; rows it already has and metrics it does not need are ignored. */
  take(metricName: string, rows: readonly TelemetryRow[]): void {
    this.#feeds.get(metricName)?.take(rows);
  }

  /** The same for a column each. */
  load(columns: EvidenceColumns): void {
    this.#feeds.get(columns.metricName)?.load(columns);
  }

  /** Keeps what holds at `timeMs` and what is later. */
  forgetBefore(timeMs: number): void {
    for (const feed of this.#feeds.values()) feed.forgetBefore(timeMs);
  }

  /** What there is to compute an account from. `deadSinceMs`: the machine is away since then. */
  evidence(deadSinceMs: number | null): MachineEvidence {
    const text = (role: TextRole): readonly Reading<string>[] => this.#texts.get(role)?.readings ?? [];
    const flag = (role: FlagRole): readonly Reading<boolean>[] => this.#flags.get(role)?.readings ?? [];
    const counter = (role: CounterRole): CounterEvidence | null => this.#counters.get(role) ?? null;
    return {
      states: text('state'),
      modes: text('mode'),
      stopReasons: text('stop-reason'),
      products: text('product'),
      orders: text('order'),
      running: flag('running'),
      starved: flag('starved'),
      blocked: flag('blocked'),
      online: flag('online'),
      total: counter('total'),
      good: counter('good'),
      reject: counter('reject'),
      rework: counter('rework'),
      heardMs: this.#heardMs(),
      deadSinceMs,
    };
  }

  /** Times of everything heard, sorted; they are looked at where silence means something (T4). */
  #heardMs(): readonly number[] {
    if (this.config.staleAfterS === undefined) return [];
    const all = [this.#texts, this.#flags, this.#counters].flatMap((ofRoles) => [...ofRoles.values()]);
    return [...Float64Array.from(all.flatMap(({ timesMs }) => [...timesMs])).sort()];
  }

  /** Of two tags with one role the first counts. */
  #addTag(tag: TagConfig): void {
    const text = TEXT_ROLES.find((role) => role === tag.role);
    const flag = FLAG_ROLES.find((role) => role === tag.role);
    const counter = COUNTER_ROLES.find((role) => role === tag.role);
    if (text !== undefined && !this.#texts.has(text)) this.#addText(text, tag.metric);
    if (flag !== undefined && !this.#flags.has(flag)) this.#addFlag(flag, tag.metric);
    if (counter !== undefined && !this.#counters.has(counter)) this.#addCounter(counter, tag);
  }

  #addText(role: TextRole, metricName: string): void {
    const series = new SampleSeries<string | null>();
    this.#texts.set(role, series);
    // A state told as a number keeps it, and has a class where the site file says so.
    this.#addFeed(metricName, series, (value, text, isGood) =>
      isGood ? (text ?? (value === null ? null : String(value))) : null,
    );
  }

  #addFlag(role: FlagRole, metricName: string): void {
    const series = new SampleSeries<boolean | null>();
    this.#flags.set(role, series);
    this.#addFeed(metricName, series, (value, _text, isGood) => (isGood && value !== null ? value !== 0 : null));
  }

  #addCounter(role: CounterRole, tag: TagConfig): void {
    const series = new CounterSeries(counterRuleOf(tag, this.config));
    this.#counters.set(role, series);
    // T3: a reading that is not good does not advance the counter, so it has no place in the series.
    this.#addFeed(tag.metric, series, (value, _text, isGood) =>
      isGood && value !== null && Number.isFinite(value) ? value : undefined,
    );
  }

  #addFeed<V>(metricName: string, series: SampleSeries<V>, toValue: ToValue<V>): void {
    this.#feeds.set(metricName, {
      take(rows) {
        const samples: { timeMs: number; value: V }[] = [];
        for (const { timeMs, value, quality, meta } of rows) {
          const text = meta?.['text'];
          const found = toValue(value, typeof text === 'string' ? text : undefined, isGood(quality));
          if (found !== undefined) samples.push({ timeMs, value: found });
        }
        series.merge(samples);
      },
      load({ timesMs, values, texts, qualities }) {
        const samples: { timeMs: number; value: V }[] = [];
        for (let row = 0; row < timesMs.length; row += 1) {
          const value = values[row] ?? Number.NaN;
          const found = toValue(Number.isNaN(value) ? null : value, texts?.[row], isGood(qualities[row] ?? 0));
          if (found !== undefined) samples.push({ timeMs: timesMs[row] ?? 0, value: found });
        }
        series.append(samples);
      },
      forgetBefore: (timeMs) => series.forgetBefore(timeMs),
    });
  }
}

/** As the historian writes it (`shared/domain/quality.ts`). */
const isGood = (quality: number): boolean => quality >= 192 && quality <= 255;
