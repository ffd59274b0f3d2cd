/** One figure of a benchmark; `baseline` is the raw library in the same run, `ratio` = value / baseline. */
export interface BenchResult {
  readonly bench: string;
  readonly case: string;
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  readonly ratio: number | null;
}

export function result(
  bench: string,
  name: string,
  metric: string,
  value: number,
  unit: string,
  baseline?: number,
): BenchResult {
  const ratio = baseline === undefined || baseline === 0 ? null : value / baseline;
  return {
    bench,
    case: name,
    metric,
    value: round(value),
    unit,
    baseline: baseline === undefined ? null : round(baseline),
    ratio: ratio === null ? null : round(ratio),
  };
}

const round = (value: number): number => Number(value.toPrecision(4));

/** The results as a table for people. */
export function describeResults(results: readonly BenchResult[]): string {
  const rows = results.map((one) => [
    one.bench,
    one.case,
    one.metric,
    one.value.toLocaleString('en'),
    one.unit,
    one.baseline === null ? '' : one.baseline.toLocaleString('en'),
    one.ratio === null ? '' : one.ratio.toFixed(3),
  ]);
  const all = [['bench', 'case', 'metric', 'value', 'unit', 'raw', 'ratio'], ...rows];
  const widths = all[0]?.map((_head, column) => Math.max(...all.map((row) => (row[column] ?? '').length))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
