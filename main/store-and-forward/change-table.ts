import type { LossEntry } from '../../shared/domain/listings.ts';
import { type ChangeColumns, parseColumns } from './change-row.ts';
import type { BufferedChange } from './forward-buffer.ts';
import type { MetricDictionary } from './metric-dictionary.ts';
import type { Sqlite } from './open-sqlite.ts';
import type { RowRange, RowRanges } from './row-ranges.ts';

export interface FoundRows {
  readonly rows: readonly BufferedChange[];
  /** Rows whose checksum is wrong. */
  readonly damagedRowIds: readonly number[];
  /** The last row looked at, good or damaged; undefined when there was none. */
  readonly lastRowId: number | undefined;
}

/** Damaged rows kept for a later look; the count of them is in the tally for ever. */
const MAX_DEAD_LETTERS = 10_000;

/** The statements on table `change`. Transactions are the caller's. */
export class ChangeTable {
  readonly #dictionary: MetricDictionary;
  readonly #statements;

  constructor(db: Sqlite, dictionary: MetricDictionary) {
    this.#dictionary = dictionary;
    this.#statements = prepare(db);
  }

  insert(columns: ChangeColumns): void {
    this.#statements.insert.run(columns);
  }

  read(afterRowId: number, upToRowId: number, maxRows: number): FoundRows {
    return this.#parse(this.#statements.read.all(afterRowId, upToRowId, maxRows));
  }

  readMatching(metricIds: readonly number[], fromIndex: number, maxRows: number): FoundRows {
    return this.#parse(this.#statements.readMatching.all(JSON.stringify(metricIds), maxRows, fromIndex));
  }

  countMatching(metricIds: readonly number[]): number {
    return this.#statements.countMatching.get(JSON.stringify(metricIds)) ?? 0;
  }

  oldestTimestampMs(): number | null {
    return this.#statements.oldest.get() ?? null;
  }

  delete(range: RowRange): void {
    this.#statements.delete.run(range.firstRowId, range.lastRowId);
  }

  /** What deleting the range would lose, by metric. */
  summarize(range: RowRange, reason: string): readonly LossEntry[] {
    return this.#statements.summarize.all(reason, range.firstRowId, range.lastRowId);
  }

  moveToDeadLetters(rowIds: readonly number[], foundAtMs: number): void {
    for (const rowId of rowIds) {
      this.#statements.copyToDeadLetters.run(foundAtMs, rowId);
      this.#statements.delete.run(rowId, rowId);
    }
    this.#statements.trimDeadLetters.run(MAX_DEAD_LETTERS);
  }

  /** The rows that are there. The gaps are only looked for when the count says that there are some. */
  presentRanges(): RowRanges {
    const count = this.#statements.count.get() ?? 0;
    const firstRowId = this.#statements.first.get();
    const lastRowId = this.#statements.last.get();
    if (firstRowId === undefined || lastRowId === undefined) return [];
    if (lastRowId - firstRowId + 1 === count) return [{ firstRowId, lastRowId }];
    return this.#statements.islands.all();
  }

  #parse(found: readonly ChangeColumns[]): FoundRows {
    const rows: BufferedChange[] = [];
    const damagedRowIds: number[] = [];
    for (const columns of found) {
      const metric = this.#dictionary.byId(columns.metric_id);
      const row = metric && parseColumns(columns, metric.identity, metric.crc);
      if (row === undefined) damagedRowIds.push(columns.row_id);
      else rows.push(row);
    }
    return { rows, damagedRowIds, lastRowId: found.at(-1)?.row_id };
  }
}

const ALL = 'row_id, metric_id, value_kind, value, quality, status_code, timestamp_ms, stored_at_ms, crc32';

// min and max in one query read the whole table; asked for one by one each reads one page.
function prepare(db: Sqlite) {
  return {
    insert: db.prepare<[ChangeColumns]>(
      `INSERT INTO change (${ALL}) VALUES (@row_id, @metric_id, @value_kind, @value, @quality, @status_code,
         @timestamp_ms, @stored_at_ms, @crc32)`,
    ),
    read: db.prepare<[number, number, number], ChangeColumns>(
      `SELECT ${ALL} FROM change WHERE row_id > ? AND row_id <= ? ORDER BY row_id LIMIT ?`,
    ),
    readMatching: db.prepare<[string, number, number], ChangeColumns>(
      `SELECT ${ALL} FROM change WHERE metric_id IN (SELECT value FROM json_each(?))
       ORDER BY row_id LIMIT ? OFFSET ?`,
    ),
    countMatching: db
      .prepare<[string], number>('SELECT count(*) FROM change WHERE metric_id IN (SELECT value FROM json_each(?))')
      .pluck(),
    oldest: db.prepare<[], number>('SELECT timestamp_ms FROM change ORDER BY row_id LIMIT 1').pluck(),
    delete: db.prepare<[number, number]>('DELETE FROM change WHERE row_id BETWEEN ? AND ?'),
    summarize: db.prepare<[string, number, number], LossEntry>(
      `SELECT m.device_id AS deviceId, coalesce(m.metric_name, '(unknown)') AS metricName, ? AS reason,
         count(*) AS droppedCount, min(timestamp_ms) AS firstTimestampMs, max(timestamp_ms) AS lastTimestampMs
       FROM change LEFT JOIN metric m USING (metric_id) WHERE row_id BETWEEN ? AND ? GROUP BY metric_id`,
    ),
    copyToDeadLetters: db.prepare<[number, number]>(
      `INSERT OR REPLACE INTO dead_letter (${ALL}, found_at_ms) SELECT ${ALL}, ? FROM change WHERE row_id = ?`,
    ),
    trimDeadLetters: db.prepare<[number]>(
      'DELETE FROM dead_letter WHERE row_id <= (SELECT row_id FROM dead_letter ORDER BY row_id DESC LIMIT 1 OFFSET ?)',
    ),
    count: db.prepare<[], number>('SELECT count(*) FROM change').pluck(),
    first: db.prepare<[], number>('SELECT row_id FROM change ORDER BY row_id LIMIT 1').pluck(),
    last: db.prepare<[], number>('SELECT row_id FROM change ORDER BY row_id DESC LIMIT 1').pluck(),
    islands: db.prepare<[], RowRange>(
      `SELECT min(row_id) AS firstRowId, max(row_id) AS lastRowId FROM
         (SELECT row_id, row_id - row_number() OVER (ORDER BY row_id) AS island FROM change)
       GROUP BY island ORDER BY firstRowId`,
    ),
  };
}
