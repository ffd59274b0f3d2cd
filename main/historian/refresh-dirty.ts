import type { PoolClient } from 'pg';
import { AGGREGATES } from './aggregates.ts';
import { refreshAggregate } from './fill-aggregates.ts';

/** An hour of a machine whose numbers late rows have changed. */
export interface RevisedRange {
  readonly machineId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly rowCount: number;
  /** `beyond-retention`: the raw rows around it are gone, so its aggregates are left as they were. */
  readonly outcome: 'refreshed' | 'beyond-retention';
}

interface DirtyHour {
  readonly machineId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly changeCount: number;
}

/** Hours in one refresh: its transaction holds all aggregates of that time. */
const HOURS_PER_REFRESH = 24;
/** Most dirty rows taken at once; what is left is taken by the next call. */
const MAX_DIRTY_HOURS = 10_000;

/**
 * When a dirty hour is refreshed. A replay pours into the same hours for minutes, and a refresh computes the hour anew
 * for every machine: it waits until the hour is quiet, but not for ever.
 */
export interface DirtyPatience {
  /** No row of any machine has come late into the hour for so long … */
  readonly quietMs: number;
  /** … or it has been waiting, and over, for so long. */
  readonly longestMs: number;
}

/** Refreshes what is dirty now. */
const IMPATIENT: DirtyPatience = { quietMs: 0, longestMs: 0 };

async function readDirty(client: PoolClient, untilMs: number, patience: DirtyPatience): Promise<DirtyHour[]> {
  const { rows } = await client.query<DirtyHour>(
    `SELECT machine_id AS "machineId", (extract(epoch FROM range_start) * 1000)::float8 AS "fromMs",
            (extract(epoch FROM range_end) * 1000)::float8 AS "toMs", change_count AS "changeCount"
     FROM (
       SELECT *, max(changed_at) OVER hour AS last_at, min(greatest(first_at, range_end)) OVER hour AS since
       FROM dirty_range WHERE range_end <= timestamptz 'epoch' + $1::float8 * INTERVAL '1 millisecond'
       WINDOW hour AS (PARTITION BY range_start)
     ) AS waiting
     WHERE last_at <= now() - $2::float8 * INTERVAL '1 millisecond' OR since <= now() - $3::float8 * INTERVAL '1 millisecond'
     ORDER BY range_start LIMIT ${MAX_DIRTY_HOURS}`,
    [untilMs, patience.quietMs, patience.longestMs],
  );
  return rows;
}

interface Stretch {
  readonly fromMs: number;
  toMs: number;
  readonly hours: DirtyHour[];
}

/** Hours that follow one another, of whichever machine, as one stretch; ordered by time. */
function toStretches(hours: readonly DirtyHour[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const hour of hours) {
    const last = stretches.at(-1);
    const isNext = last !== undefined && hour.fromMs <= last.toMs;
    const spanMs = last === undefined ? 0 : hour.toMs - last.fromMs;
    if (last !== undefined && isNext && spanMs <= HOURS_PER_REFRESH * 3_600_000) {
      last.toMs = Math.max(last.toMs, hour.toMs);
      last.hours.push(hour);
    } else stretches.push({ fromMs: hour.fromMs, toMs: hour.toMs, hours: [hour] });
  }
  return stretches;
}

/** Removes what was seen and tells of it, as one. An hour that changed meanwhile stays dirty and waits anew. */
async function settle(
  client: PoolClient,
  hours: readonly DirtyHour[],
  outcome: RevisedRange['outcome'],
): Promise<RevisedRange[]> {
  const { rows } = await client.query<Omit<RevisedRange, 'outcome'>>(
    `WITH seen AS (
       SELECT machine_id, timestamptz 'epoch' + from_ms * INTERVAL '1 millisecond' AS range_start, change_count
       FROM unnest($1::text[], $2::float8[], $3::int[]) AS u (machine_id, from_ms, change_count)
     ), settled AS (
       DELETE FROM dirty_range USING seen
       WHERE dirty_range.machine_id = seen.machine_id AND dirty_range.range_start = seen.range_start
         AND dirty_range.change_count = seen.change_count
       RETURNING dirty_range.*
     ), delayed AS (
       UPDATE dirty_range SET first_at = now() FROM seen
       WHERE dirty_range.machine_id = seen.machine_id AND dirty_range.range_start = seen.range_start
         AND dirty_range.change_count <> seen.change_count
     ), told AS (
       INSERT INTO revised_range (machine_id, range_start, range_end, row_count, outcome)
       SELECT machine_id, range_start, range_end, row_count, $4 FROM settled
     )
     SELECT machine_id AS "machineId", (extract(epoch FROM range_start) * 1000)::float8 AS "fromMs",
            (extract(epoch FROM range_end) * 1000)::float8 AS "toMs", row_count::float8 AS "rowCount"
     FROM settled ORDER BY range_start, machine_id`,
    [
      hours.map((hour) => hour.machineId),
      hours.map((hour) => hour.fromMs),
      hours.map((hour) => hour.changeCount),
      outcome,
    ],
  );
  return rows.map((row) => ({ ...row, outcome }));
}

/**
 * Refreshes every aggregate, finest first, where late rows have come into hours that ended before `untilMs` and that
 * `patience` lets go, and gives each stretch as soon as it is done. Nothing before the mark, which is read before each
 * stretch, is refreshed: there an aggregate knows more than the raw rows do.
 */
export async function* refreshDirty(
  client: PoolClient,
  untilMs: number,
  readMark: () => Promise<Date | undefined>,
  patience: DirtyPatience = IMPATIENT,
): AsyncGenerator<readonly RevisedRange[], void, undefined> {
  for (const stretch of toStretches(await readDirty(client, untilMs, patience))) {
    const intactFromMs = (await readMark())?.getTime() ?? 0;
    const lost = stretch.hours.filter((hour) => hour.fromMs < intactFromMs);
    if (lost.length > 0) yield await settle(client, lost, 'beyond-retention');
    const whole = stretch.hours.filter((hour) => hour.fromMs >= intactFromMs);
    if (whole.length === 0) continue;
    const fromMs = Math.max(stretch.fromMs, intactFromMs);
    for (const { viewName } of AGGREGATES) await refreshAggregate(client, viewName, fromMs, stretch.toMs);
    yield await settle(client, whole, 'refreshed');
  }
}
