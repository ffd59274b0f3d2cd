import type { Pool } from 'pg';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';

export interface SamplesQuery {
  readonly machineId: string;
  readonly metricNames: readonly string[];
  /** Included. */
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
}

interface StoredRow {
  readonly time_ms: number;
  readonly value: number | null;
  readonly quality: number;
  readonly meta: TelemetryRow['meta'];
  readonly is_historical: boolean;
  readonly received_at_ms: number;
}

/** A page is what is in memory at once: some megabytes. */
const PAGE_ROWS = 10_000;

// extract() gives exact numerics; integers of milliseconds survive the way through float8 unharmed.
const COLUMNS = `
  (extract(epoch FROM time) * 1000)::float8 AS time_ms, value, quality, meta, is_historical,
  (extract(epoch FROM received_at) * 1000)::float8 AS received_at_ms`;

const LAST_BEFORE = `
  SELECT ${COLUMNS} FROM telemetry
  WHERE machine_id = $1 AND metric_name = $2 AND time < timestamptz 'epoch' + $3::float8 * interval '1 millisecond'`;
const NEWEST_FIRST = ' ORDER BY time DESC LIMIT 1';

const PAGE = `
  SELECT ${COLUMNS} FROM telemetry
  WHERE machine_id = $1 AND metric_name = $2
    AND time >= timestamptz 'epoch' + $3::float8 * interval '1 millisecond'
    AND time < timestamptz 'epoch' + $4::float8 * interval '1 millisecond'
  ORDER BY time LIMIT ${PAGE_ROWS}`;

/**
 * Pages of rows, metric by metric in the order asked for, each metric by time. What was before `fromMs` is
 * the base of counters and states (oee.md C4, C5), so each metric begins with its last row before, and with
 * its last good one too when that is an earlier one. Rejects with the driver's error.
 */
export async function* readSamples(pool: Pool, query: SamplesQuery): AsyncGenerator<TelemetryRow[], void, undefined> {
  for (const metricName of query.metricNames) {
    const toRow = (stored: StoredRow): TelemetryRow => ({
      timeMs: stored.time_ms,
      machineId: query.machineId,
      metricName,
      value: stored.value,
      quality: stored.quality,
      meta: stored.meta,
      isHistorical: stored.is_historical,
      receivedAtMs: stored.received_at_ms,
    });
    const before = await readBefore(pool, query, metricName);
    if (before.length > 0) yield before.map(toRow);
    for (let fromMs = query.fromMs; ;) {
      const { rows } = await pool.query<StoredRow>(PAGE, [query.machineId, metricName, fromMs, query.toMs]);
      if (rows.length > 0) yield rows.map(toRow);
      const last = rows.at(-1);
      if (rows.length < PAGE_ROWS || last === undefined) break;
      // timestamptz counts microseconds, so this is the next time a row can have.
      fromMs = last.time_ms + 0.001;
    }
  }
}

async function readBefore(pool: Pool, query: SamplesQuery, metricName: string): Promise<StoredRow[]> {
  const parameters = [query.machineId, metricName, query.fromMs];
  const last = (await pool.query<StoredRow>(LAST_BEFORE + NEWEST_FIRST, parameters)).rows;
  const isGood = last.every((row) => row.quality >= 192 && row.quality <= 255);
  if (isGood) return last;
  const good = await pool.query<StoredRow>(`${LAST_BEFORE} AND quality BETWEEN 192 AND 255${NEWEST_FIRST}`, parameters);
  return [...good.rows, ...last];
}
