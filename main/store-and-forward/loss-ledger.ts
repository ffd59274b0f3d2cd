import type { LossEntry } from '../../shared/domain/listings.ts';
import type { Sqlite } from './open-sqlite.ts';

/** Table `loss`: written in the transaction that drops, so that no crash can separate the two. */
export class LossLedger {
  readonly #add;
  readonly #readAll;

  constructor(db: Sqlite) {
    this.#add = db.prepare<[LossEntry]>(
      `INSERT INTO loss VALUES
         (@deviceId, @metricName, @reason, @droppedCount, @firstTimestampMs, @lastTimestampMs)
       ON CONFLICT (metric_name, reason, coalesce(device_id, '')) DO UPDATE SET
         dropped_count = dropped_count + excluded.dropped_count,
         first_timestamp_ms = min(first_timestamp_ms, excluded.first_timestamp_ms),
         last_timestamp_ms = max(last_timestamp_ms, excluded.last_timestamp_ms)`,
    );
    this.#readAll = db.prepare<[], LossEntry>(
      `SELECT device_id AS deviceId, metric_name AS metricName, reason, dropped_count AS droppedCount,
         first_timestamp_ms AS firstTimestampMs, last_timestamp_ms AS lastTimestampMs
       FROM loss ORDER BY last_timestamp_ms DESC, device_id, metric_name`,
    );
  }

  add(losses: readonly LossEntry[]): void {
    for (const loss of losses) this.#add.run(loss);
  }

  entries(): readonly LossEntry[] {
    return this.#readAll.all();
  }
}
