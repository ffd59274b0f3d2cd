import type { Pool, PoolClient } from 'pg';
import type { TimeRange } from '../../shared/oee/time-class.ts';
import { askFor } from './oee-shift-store.ts';
import { AT, MS } from './oee-sql.ts';
import { inTransaction } from './with-client.ts';

export interface FollowOptions {
  readonly lineId: string;
  readonly machineIds: readonly string[];
  /** Metrics that OEE is computed from. */
  readonly metricNames: readonly string[];
  /** A late row changes shifts up to this long before it: the length of a stop that began there. */
  readonly reachMs: number;
  readonly nowMs: number;
}

interface RevisedRow extends TimeRange {
  readonly id: string;
  readonly machineId: string;
}

/** Hours taken at once; what is left is taken by the next call. */
const MAX_RANGES = 1_000;

/**
 * Asks for every shift whose numbers late rows may have changed since the last call, and remembers how far it came in
 * the same transaction: a crash loses nothing. The first call of a line only remembers: all its shifts are to be
 * computed anyway. Returns the number of shifts that were asked for.
 */
export function followRevised(pool: Pool, options: FollowOptions): Promise<number> {
  const { lineId, machineIds, reachMs } = options;
  return inTransaction(pool, async (client) => {
    const { rows: progress } = await client.query<{ seen: string }>(
      'SELECT revised_range_id AS seen FROM oee_progress WHERE line_id = $1 FOR UPDATE',
      [lineId],
    );
    const [known] = progress;
    if (known === undefined) {
      await client.query(
        `INSERT INTO oee_progress (line_id, revised_range_id, rules_print)
         SELECT $1, coalesce(max(revised_range_id), 0), '' FROM revised_range ON CONFLICT DO NOTHING`,
        [lineId],
      );
      return 0;
    }
    const { rows } = await client.query<RevisedRow>(
      `SELECT revised_range_id AS id, machine_id AS "machineId", ${MS('range_start')} AS "fromMs", ${MS('range_end')} AS "toMs"
       FROM revised_range WHERE revised_range_id > $1 AND machine_id = ANY($2) AND outcome = 'refreshed'
       ORDER BY revised_range_id LIMIT ${MAX_RANGES}`,
      [known.seen, machineIds],
    );
    const last = rows.at(-1);
    if (last === undefined) return 0;
    let askedCount = 0;
    for (const { machineId, fromMs, toMs } of joinHours(rows)) {
      const untilMs = await findEffectEnd(client, machineId, { fromMs, toMs }, options);
      if (untilMs === null) continue;
      const touched = { fromMs: fromMs - reachMs, toMs: untilMs + reachMs };
      askedCount += await askFor(client, lineId, touched, 'data came late');
    }
    await client.query('UPDATE oee_progress SET revised_range_id = $2 WHERE line_id = $1', [lineId, last.id]);
    return askedCount;
  });
}

/** Hours of one machine that follow one another are one range. */
function joinHours(rows: readonly RevisedRow[]): { machineId: string; fromMs: number; toMs: number }[] {
  const joined: { machineId: string; fromMs: number; toMs: number }[] = [];
  const sorted = [...rows].sort((a, b) => a.machineId.localeCompare(b.machineId) || a.fromMs - b.fromMs);
  for (const { machineId, fromMs, toMs } of sorted) {
    const last = joined.at(-1);
    if (last?.machineId === machineId && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else joined.push({ machineId, fromMs, toMs });
  }
  return joined;
}

/**
 * Until when the rows of a range hold: the latest of the next rows of the metrics that have rows in it (T7); now where
 * one has none. Null when OEE needs none of them.
 */
async function findEffectEnd(
  client: PoolClient,
  machineId: string,
  { fromMs, toMs }: TimeRange,
  { metricNames, nowMs }: FollowOptions,
): Promise<number | null> {
  const { rows } = await client.query<{ until_ms: number | null }>(
    `SELECT max(coalesce(${MS(`(
       SELECT time FROM telemetry AS next WHERE next.machine_id = $1 AND next.metric_name = touched.metric_name
         AND next.time >= ${AT('$4')} ORDER BY time LIMIT 1)`)}, $5::float8)) AS until_ms
     FROM (
       SELECT DISTINCT metric_name FROM telemetry
       WHERE machine_id = $1 AND metric_name = ANY($2) AND time >= ${AT('$3')} AND time < ${AT('$4')}
     ) AS touched`,
    [machineId, metricNames, fromMs, toMs, nowMs],
  );
  return rows[0]?.until_ms ?? null;
}

/**
 * Asks for all shifts in a range when the rules by which a line is computed are others than before (K7); returns how
 * many.
 */
export function followRules(pool: Pool, lineId: string, rulesPrint: string, range: TimeRange): Promise<number> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ rules_print: string }>(
      'SELECT rules_print FROM oee_progress WHERE line_id = $1 FOR UPDATE',
      [lineId],
    );
    const before = rows[0]?.rules_print;
    if (before === undefined || before === rulesPrint) return 0;
    await client.query('UPDATE oee_progress SET rules_print = $2 WHERE line_id = $1', [lineId, rulesPrint]);
    // The first rules of a line change nothing: its shifts are to be computed anyway.
    return before === '' ? 0 : askFor(client, lineId, range, 'the rules in the site file were changed');
  });
}

/** When the first row of the machines was measured that is not beyond retention; null without rows. */
export async function readFirstSampleMs(
  pool: Pool,
  machineIds: readonly string[],
  metricNames: readonly string[],
): Promise<number | null> {
  const { rows } = await pool.query<{ first_ms: number | null }>(
    `SELECT ${MS('min(greatest(first, (SELECT dropped_before FROM telemetry_retention)))')} AS first_ms
     FROM unnest($1::text[]) AS machine, unnest($2::text[]) AS metric, LATERAL (
       SELECT time AS first FROM telemetry WHERE machine_id = machine AND metric_name = metric ORDER BY time LIMIT 1
     ) AS sample`,
    [machineIds, metricNames],
  );
  return rows[0]?.first_ms ?? null;
}
