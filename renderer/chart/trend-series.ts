import { spreadLabels } from './series-builder.ts';

export interface TrendInput {
  readonly id: string;
  readonly name: string;
  readonly isLine: boolean;
  readonly targetRatio: number;
  readonly points: readonly { readonly atMs: number; readonly oee: number | null }[];
}

interface TrendSeries {
  readonly key: string;
  readonly name: string;
  readonly color: string;
  /** SVG dash array: series are told apart without colour too. */
  readonly dash: string;
  readonly widthPx: number;
  /** Value now in percent, null when there is none. */
  readonly lastPercent: number | null;
  /** Where the line ends: its last value, however old. */
  readonly endPercent: number | null;
}

export interface TrendPicture {
  readonly series: readonly TrendSeries[];
  /** One row per time; percent by series key. */
  readonly rows: readonly Readonly<Record<string, number | null>>[];
  readonly lowPercent: number;
  readonly highPercent: number;
  readonly ticks: readonly number[];
  readonly targets: readonly number[];
}

const DASHES = ['', '6 3', '2 2', '8 3 2 3', '4 2'];
const COLORS = ['--ls-series-1', '--ls-series-2', '--ls-series-3', '--ls-series-4', '--ls-series-5'];
const STEP_PERCENT = 10;

/** OEE of line and machines on one axis of time; null where nothing has a value yet. */
export function toTrendPicture(inputs: readonly TrendInput[]): TrendPicture | null {
  const rows = new Map<number, Record<string, number | null>>();
  const values: number[] = [];
  inputs.forEach((input, index) => {
    for (const point of input.points) {
      const row = rows.get(point.atMs) ?? { atMs: point.atMs };
      const percent = point.oee === null ? null : point.oee * 100;
      row[keyOf(index)] = percent;
      if (percent !== null) values.push(percent);
      rows.set(point.atMs, row);
    }
  });
  if (values.length === 0) return null;
  const targets = [...new Set(inputs.map((input) => Math.round(input.targetRatio * 1_000) / 10))];
  const lowPercent = Math.max(0, Math.floor((Math.min(...values, ...targets) - 2) / STEP_PERCENT) * STEP_PERCENT);
  const highPercent = Math.ceil((Math.max(...values, ...targets) + 2) / STEP_PERCENT) * STEP_PERCENT;
  const machineCount = { seen: 0 };
  return {
    series: inputs.map((input, index) => ({
      key: keyOf(index),
      name: input.name,
      ...(input.isLine ? { color: 'var(--ls-text)', dash: '' } : styleOf(machineCount.seen++)),
      widthPx: input.isLine ? 2.5 : 1.75,
      lastPercent: toPercent(input.points.at(-1)?.oee),
      endPercent: toPercent(input.points.findLast((point) => point.oee !== null)?.oee),
    })),
    rows: [...rows.values()].sort((one, other) => (one['atMs'] ?? 0) - (other['atMs'] ?? 0)),
    lowPercent,
    highPercent,
    ticks: toPercentTicks(lowPercent, highPercent),
    targets,
  };
}

/** Keys of ours, not ids of the site: an id such as `__proto__` would be no key of a plain object. */
const keyOf = (index: number): string => `s${index}`;
const toPercent = (ratio: number | null | undefined): number | null => (ratio == null ? null : ratio * 100);

function styleOf(index: number): { readonly color: string; readonly dash: string } {
  return { color: `var(${COLORS[index % COLORS.length] ?? ''})`, dash: DASHES[index % DASHES.length] ?? '' };
}

function toPercentTicks(low: number, high: number): readonly number[] {
  const step = high - low > 50 ? 2 * STEP_PERCENT : STEP_PERCENT;
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high; tick += step) ticks.push(tick);
  return ticks;
}

/** Distances from the top at which the names stand beside the ends of their lines. */
export function toLabelPlaces(picture: TrendPicture, topPx: number, plotPx: number): readonly number[] {
  const span = picture.highPercent - picture.lowPercent;
  const wanted = picture.series.map((series) => {
    const percent = series.endPercent ?? picture.lowPercent;
    return topPx + (1 - (percent - picture.lowPercent) / span) * plotPx;
  });
  return spreadLabels(wanted, LABEL_GAP_PX, topPx, topPx + plotPx);
}

const LABEL_GAP_PX = 17;
