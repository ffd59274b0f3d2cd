import type { LossEntry } from '../../shared/domain/listings.ts';
import type { DeadLetter } from '../../shared/domain/purge.ts';
import { type ChangeColumns, parseColumns } from './change-row.ts';
import type { BufferedChange } from './forward-buffer.ts';
import type { MetricDictionary } from './metric-dictionary.ts';
import type { Sqlite } from './open-sqlite.ts';

/** Of rows that cannot be read, as the file's own default says it. */
export const DAMAGED_REASON = 'damaged';

/** Rows set aside that are kept for a later look or a retry. */
const MAX_DEAD_LETTERS = 10_000;
/** Reason in the loss ledger of dead letters that were deleted for newer ones. */
const FULL_REASON = 'dead-letters-full';

type DeadRow = BufferedChange & { readonly reason: string };
type DeadColumns = ChangeColumns & { readonly found_at_ms: number; readonly reason: string };

/** Table `dead_letter` for reading and for taking rows out of it again; `ChangeTable` puts them in. */
export class DeadLetterTable {
  readonly #dictionary: MetricDictionary;
  readonly #readAll;
  readonly #delete;
  readonly #trim;

  constructor(db: Sqlite, dictionary: MetricDictionary) {
    this.#dictionary = dictionary;
    this.#readAll = db.prepare<[], DeadColumns>('SELECT * FROM dead_letter ORDER BY row_id');
    this.#delete = db.prepare<[number]>('DELETE FROM dead_letter WHERE row_id = ?');
    this.#trim = prepareTrim(db);
  }

  /** In the order in which the rows were accepted. */
  list(): readonly DeadLetter[] {
    return this.#readAll.all().map((columns) => {
      const identity = this.#dictionary.byId(columns.metric_id)?.identity;
      return {
        rowId: columns.row_id,
        deviceId: identity?.deviceId ?? null,
        metricName: identity?.metricName ?? '(unknown)',
        timestampMs: Number(columns.timestamp_ms),
        foundAtMs: Number(columns.found_at_ms),
        reason: String(columns.reason),
        isReadable: this.#parse(columns) !== undefined,
      };
    });
  }

  /** Those whose checksum is right, and how many there are altogether. */
  readable(): { readonly rows: readonly DeadRow[]; readonly rowCount: number } {
    const all = this.#readAll.all();
    return { rows: all.flatMap((columns) => this.#parse(columns) ?? []), rowCount: all.length };
  }

  delete(rowId: number): void {
    this.#delete.run(rowId);
  }

  /** Deletes the oldest that are too many. Returns them by metric, and how many of them were damaged rows. */
  trim(): { readonly losses: readonly LossEntry[]; readonly damagedCount: number } {
    const upToRowId = this.#trim.find.get(MAX_DEAD_LETTERS);
    if (upToRowId === undefined) return { losses: [], damagedCount: 0 };
    const losses = this.#trim.summarize.all(FULL_REASON, upToRowId);
    const damagedCount = this.#trim.countDamaged.get(upToRowId, DAMAGED_REASON) ?? 0;
    this.#trim.delete.run(upToRowId);
    return { losses, damagedCount };
  }

  #parse(columns: DeadColumns): DeadRow | undefined {
    const metric = this.#dictionary.byId(columns.metric_id);
    const row = metric && parseColumns(columns, metric.identity, metric.crc);
    return row && { ...row, reason: columns.reason };
  }
}

function prepareTrim(db: Sqlite) {
  return {
    find: db.prepare<[number], number>('SELECT row_id FROM dead_letter ORDER BY row_id DESC LIMIT 1 OFFSET ?').pluck(),
    summarize: db.prepare<[string, number], LossEntry>(
      `SELECT m.device_id AS deviceId, coalesce(m.metric_name, '(unknown)') AS metricName, ? AS reason,
         count(*) AS droppedCount, min(timestamp_ms) AS firstTimestampMs, max(timestamp_ms) AS lastTimestampMs
       FROM dead_letter LEFT JOIN metric m USING (metric_id) WHERE row_id <= ? GROUP BY metric_id`,
    ),
    countDamaged: db
      .prepare<[number, string], number>('SELECT count(*) FROM dead_letter WHERE row_id <= ? AND reason = ?')
      .pluck(),
    delete: db.prepare<[number]>('DELETE FROM dead_letter WHERE row_id <= ?'),
  };
}
