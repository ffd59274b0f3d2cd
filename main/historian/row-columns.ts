import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';

/** One array per column: the parameters of `INSERT … SELECT FROM unnest(…)`. */
export type RowColumns = readonly [
  timesMs: number[],
  machineIds: string[],
  metricNames: string[],
  values: (number | '-0' | null)[],
  qualities: number[],
  metas: (string | null)[],
  areHistorical: boolean[],
  receivedAtMs: number[],
];

export interface RejectedRow {
  /** The row, or what came in its place when it could not even become one. */
  readonly row: TelemetryRow | Readonly<Record<string, unknown>>;
  readonly reason: string;
}

/** Range of timestamptz that both PostgreSQL and a JavaScript Date can hold is wider; beyond this is a fault. */
const FIRST_TIME_MS = Date.UTC(1970, 0, 1);
const LAST_TIME_MS = Date.UTC(2200, 0, 1);
const SMALLINT_MAX = 32_767;
/** Of an index entry PostgreSQL takes 2,704 bytes; the two names of a key together must stay below. */
const NAME_LIMIT_CHARACTERS = 600;
const NUL = '\0';

/** Why the database could not take this row, or null. Cheaper than letting it refuse the whole batch. */
export function describeRowFault(row: TelemetryRow): string | null {
  if (!Number.isFinite(row.timeMs) || row.timeMs < FIRST_TIME_MS || row.timeMs >= LAST_TIME_MS) {
    return `time ${row.timeMs} is not between the years 1970 and 2200`;
  }
  if (!Number.isInteger(row.quality) || Math.abs(row.quality) > SMALLINT_MAX) {
    return `quality ${row.quality} is not a smallint`;
  }
  if (!(row.receivedAtMs >= FIRST_TIME_MS && row.receivedAtMs < LAST_TIME_MS)) return 'the receipt time is not a time';
  return describeNameFault('machine id', row.machineId) ?? describeNameFault('metric name', row.metricName);
}

function describeNameFault(what: string, name: string): string | null {
  if (name === '') return `the ${what} is empty`;
  if (name.includes(NUL)) return `the ${what} has a NUL character`;
  return name.length > NAME_LIMIT_CHARACTERS ? `the ${what} is longer than ${NAME_LIMIT_CHARACTERS} characters` : null;
}

export function toColumns(rows: readonly TelemetryRow[]): RowColumns {
  const columns: RowColumns = [[], [], [], [], [], [], [], []];
  for (const row of rows) {
    columns[0].push(Math.round(row.timeMs));
    columns[1].push(row.machineId);
    columns[2].push(row.metricName);
    // The driver writes a number as JavaScript does, which has no sign for zero.
    columns[3].push(Object.is(row.value, -0) ? '-0' : row.value);
    columns[4].push(row.quality);
    columns[5].push(row.meta === null ? null : toMetaJson(row.meta));
    columns[6].push(row.isHistorical);
    columns[7].push(Math.round(row.receivedAtMs));
  }
  return columns;
}

/**
 * PostgreSQL has no NUL in text or jsonb, while PLC strings of fixed length are often padded with it. The
 * row is kept: each NUL is shown as U+2400, and `nulCount` says that this is not the original.
 */
export function toMetaJson(meta: NonNullable<TelemetryRow['meta']>): string {
  let nulCount = 0;
  const json = JSON.stringify(meta, (_key, value: unknown) => {
    if (typeof value !== 'string' || !value.includes(NUL)) return value;
    nulCount += value.split(NUL).length - 1;
    return value.replaceAll(NUL, '\u2400');
  });
  if (nulCount === 0) return json;
  return `${json.slice(0, -1)},"nulCount":${nulCount}}`;
}

/** Any row as JSON that jsonb takes: NUL, lone surrogates and numbers without JSON form are replaced, visibly. */
export function toRejectedJson(row: RejectedRow['row']): string {
  return JSON.stringify(row, (_key, value: unknown) => {
    if (Object.is(value, -0)) return '-0';
    if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value);
    if (typeof value !== 'string') return value;
    return Buffer.from(value, 'utf8').toString('utf8').replaceAll(NUL, '\u2400');
  });
}
