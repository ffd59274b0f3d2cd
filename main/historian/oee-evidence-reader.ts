import type { Pool } from 'pg';
import type { EvidenceColumns, EvidenceQuery } from '../../shared/oee/evidence-columns.ts';
import { AT } from './oee-sql.ts';

interface PackedRow {
  readonly machine_id: string;
  readonly metric_name: string;
  readonly packed: Buffer;
  readonly texts: string | null;
}

/** Stands before each text, so that a row without one differs from one with an empty one. */
const TEXT_MARK = '\u001e';
const TEXT_END = '\u001f';
/** Time, value and quality of a row. */
const ROW_BYTES = 18;
/** PostgreSQL counts its times from the year 2000. */
const EPOCH_2000_MS = Date.UTC(2000, 0, 1);

// Numbers as the wire has them: they need not become text on one side and numbers again on the other. In whatever order
// they come, the same in both columns: most rows are sorted already, and sorting costs the server as much as the rest.
const PACKED = `
  string_agg(timestamptz_send(time) || float8send(coalesce(value, 'NaN')) || int2send(quality), '') AS packed,
  CASE WHEN count(text) > 0 THEN
    string_agg(CASE WHEN text IS NULL THEN '' ELSE E'\\x1e' || translate(text, E'\\x1e\\x1f', '') END, E'\\x1f')
  END AS texts`;
const COLUMNS = `machine_id, metric_name, time, value, quality, meta ->> 'text' AS text`;

const WITHIN = `
  SELECT machine_id, metric_name, ${PACKED}
  FROM (
    SELECT ${COLUMNS} FROM telemetry
    WHERE machine_id = ANY($1) AND metric_name = ANY($2) AND time >= ${AT('$3')} AND time < ${AT('$4')}
  ) AS sample
  GROUP BY machine_id, metric_name`;

const lastBefore = (condition: string): string => `
  SELECT ${COLUMNS} FROM telemetry
  WHERE machine_id = machine AND metric_name = metric AND time < ${AT('$3')} ${condition}
  ORDER BY time DESC LIMIT 1`;

// The last row, and the last good one where that is another: the base of states and counters (oee.md C4, C5).
const BEFORE = `
  SELECT machine_id, metric_name, ${PACKED}
  FROM unnest($1::text[]) AS machine, unnest($2::text[]) AS metric, LATERAL (
    (${lastBefore('')}) UNION (${lastBefore('AND quality BETWEEN 192 AND 255')})
  ) AS sample
  GROUP BY machine_id, metric_name`;

/**
 * Rows of several metrics of several machines, a block for each pair that has any; with `withBefore` another one, which
 * comes first. Rejects with the driver's error.
 */
export async function readEvidence(pool: Pool, query: EvidenceQuery): Promise<EvidenceColumns[]> {
  const ask = async (text: string, values: unknown[]): Promise<EvidenceColumns[]> => {
    const { rows } = await pool.query<PackedRow>(text, values);
    return rows.map(unpack);
  };
  const keys = [query.machineIds, query.metricNames, query.fromMs];
  const before = query.withBefore ? await ask(BEFORE, keys) : [];
  return [...before, ...(await ask(WITHIN, [...keys, query.toMs]))];
}

function unpack({ machine_id, metric_name, packed, texts }: PackedRow): EvidenceColumns {
  const rowCount = packed.length / ROW_BYTES;
  const timesMs = new Array<number>(rowCount);
  const values = new Array<number>(rowCount);
  const qualities = new Array<number>(rowCount);
  for (let row = 0, at = 0; row < rowCount; row += 1, at += ROW_BYTES) {
    const microseconds = packed.readInt32BE(at) * 2 ** 32 + packed.readUInt32BE(at + 4);
    timesMs[row] = microseconds / 1_000 + EPOCH_2000_MS;
    values[row] = packed.readDoubleBE(at + 8);
    qualities[row] = packed.readInt16BE(at + 16);
  }
  const columns: EvidenceColumns = {
    machineId: machine_id,
    metricName: metric_name,
    timesMs,
    values,
    texts: texts?.split(TEXT_END).map(toText),
    qualities,
  };
  return isSorted(timesMs) ? columns : sortByTime(columns);
}

function isSorted(timesMs: readonly number[]): boolean {
  for (let row = 1; row < timesMs.length; row += 1) if ((timesMs[row - 1] ?? 0) > (timesMs[row] ?? 0)) return false;
  return true;
}

function sortByTime(columns: EvidenceColumns): EvidenceColumns {
  const { timesMs } = columns;
  const order = timesMs.map((_timeMs, row) => row).sort((a, b) => (timesMs[a] ?? 0) - (timesMs[b] ?? 0));
  const sorted = <V>(column: readonly V[]): V[] => {
    const found: V[] = [];
    // Rows of the order are rows of every column; a text may be `undefined` itself.
    for (const row of order) found.push(column[row] as V);
    return found;
  };
  return {
    ...columns,
    timesMs: sorted(timesMs),
    values: sorted(columns.values),
    texts: columns.texts === undefined ? undefined : sorted(columns.texts),
    qualities: sorted(columns.qualities),
  };
}

const toText = (marked: string): string | undefined => (marked.startsWith(TEXT_MARK) ? marked.slice(1) : undefined);
