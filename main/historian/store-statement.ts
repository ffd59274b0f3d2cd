import { COPY_COLUMNS } from './copy-frames.ts';

/**
 * A row that is stored later than this, by the clock of the database, may belong to an hour whose aggregates are made
 * already: the hour becomes dirty with the same commit. By the clock, not by the begin of the transaction: before this
 * statement a COPY may have taken long.
 */
const LATE_AFTER = "INTERVAL '1 minute'";

/**
 * Stores what `source` selects (the columns of `COPY_COLUMNS`) and marks hours dirty; answers with the number of rows
 * that were new. Ordered, so that two writers never wait for each other.
 */
export const toStoreStatement = (source: string): string => `
  WITH stored AS (
  INSERT INTO telemetry (${COPY_COLUMNS})
  ${source}
  ON CONFLICT DO NOTHING
  RETURNING machine_id, time, is_historical
  ), dirty AS (
  INSERT INTO dirty_range (machine_id, range_start, range_end, row_count)
  SELECT machine_id, time_bucket(INTERVAL '1 hour', time) AS hour, time_bucket(INTERVAL '1 hour', time) + INTERVAL '1 hour',
         count(*)
  FROM stored WHERE is_historical OR time < clock_timestamp() - ${LATE_AFTER}
  GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (machine_id, range_start) DO UPDATE
  SET row_count = dirty_range.row_count + excluded.row_count, change_count = dirty_range.change_count + 1,
      changed_at = now()
  )
  SELECT count(*)::int AS inserted_count FROM stored`;
