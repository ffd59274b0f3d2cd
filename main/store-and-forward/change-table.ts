import type { LossEntry } from '../../shared/domain/listings.ts';
import type { Priority } from '../../shared/domain/metric.ts';
import { type ChangeColumns, parseColumns, PRIORITY_CODE } from './change-row.ts';
import type { BufferedChange } from './forward-buffer.ts';
import type { PoisonedRow } from './forwarding-state.ts';
import type { MetricDictionary } from './metric-dictionary.ts';
import type { Sqlite } from './open-sqlite.ts';
import { RowIndex } from './row-index.ts';
import type { RowRange } from './row-ranges.ts';

export interface FoundRows {
  readonly rows: readonly BufferedChange[];
  /** Rows whose checksum is wrong. */
  readonly damagedRowIds: readonly number[];
  /** The last row looked at, good or damaged; undefined when there was none. */
  readonly lastRowId: number | undefined;
}

/** Rows of these metrics and of this class (null: of any), `fromMs` <= source time < `beforeMs`. */
export interface Selection {
  readonly metricIds: readonly number[] | null;
  readonly beforeMs: number;
  readonly fromMs: number;
  readonly priority: number | null;
}

interface RowSpan {
  readonly firstRowId: number;
  readonly lastRowId: number;
  readonly rowCount: number;
}

/** What SQLite answers for a span without rows. */
interface NoSpan {
  readonly firstRowId: null;
}

const isWhole = ({ firstRowId, lastRowId, rowCount }: RowSpan): boolean => lastRowId - firstRowId + 1 === rowCount;

/** Rows of one step of loading the index; their metric ids come as one text, the fastest way out of SQLite. */
const INDEX_SLICE_ROWS = 4_096;
/** Rows written anew for one dropped, at most: beyond that too little space is won. */
const MAX_REWRITE_SPAN_ROWS = 20;

/** The statements on table `change`. Transactions are the caller's. */
export class ChangeTable {
  readonly #dictionary: MetricDictionary;
  readonly #statements;

  constructor(db: Sqlite, dictionary: MetricDictionary) {
    this.#dictionary = dictionary;
    this.#statements = prepare(db);
  }

  insert(columns: ChangeColumns): void {
    insertInto(this.#statements, columns);
  }

  /** Ascending; of one class where `priority` is given. */
  read(afterRowId: number, upToRowId: number, maxRows: number, priority?: Priority): FoundRows {
    const statement = priority === undefined ? this.#statements.read : this.#statements.readClass[priority];
    return this.#parse(statement.all(afterRowId, upToRowId, maxRows));
  }

  /** Ids of a class, from that end, ascending. */
  rowIdsOf(priority: Priority, end: 'oldest' | 'newest', maxRows: number): readonly number[] {
    if (end === 'oldest') return this.#statements.oldestOf[priority].all(maxRows);
    return this.#statements.newestOf[priority].all(maxRows).reverse();
  }

  /** The rows of these ids, ascending. */
  readIds(rowIds: readonly number[]): FoundRows {
    return this.#parse(this.#statements.readIds.all(JSON.stringify(rowIds)));
  }

  oldestTimestampMs(): number | null {
    return this.#statements.oldest.get() ?? null;
  }

  /** Returns how many rows there were. */
  delete(range: RowRange): number {
    return this.#statements.delete.run(range.firstRowId, range.lastRowId).changes;
  }

  /** What `deleteOf` would lose, by metric. */
  summarize(priority: Priority, range: RowRange, reason: string): readonly LossEntry[] {
    return this.#statements.summarize.all(reason, range.firstRowId, range.lastRowId, PRIORITY_CODE[priority]);
  }

  /**
   * Deletes the rows of a class in the range. Others between them stay; they are written anew, because a page is
   * only free when its last row is gone: dropping each tenth row would else free nothing at all.
   */
  deleteOf(priority: Priority, { firstRowId, lastRowId }: RowRange, rowCount: number): void {
    const { keep, deleteClass } = this.#statements;
    const span = lastRowId - firstRowId + 1;
    if (span === rowCount || span > MAX_REWRITE_SPAN_ROWS * rowCount) {
      deleteClass.run(firstRowId, lastRowId, PRIORITY_CODE[priority]);
      return;
    }
    const others = keep.all(firstRowId, lastRowId, PRIORITY_CODE[priority]);
    this.delete({ firstRowId, lastRowId });
    for (const columns of others) insertInto(this.#statements, columns);
  }

  /** What deleting the selected rows of the range would lose, by metric. */
  summarizeSelected({ firstRowId, lastRowId }: RowRange, selection: Selection, reason: string): readonly LossEntry[] {
    return this.#statements.summarizeSelected.all({ reason, firstRowId, lastRowId, ...toBindings(selection) });
  }

  /** Returns the ids of the deleted rows, ascending. */
  deleteSelected({ firstRowId, lastRowId }: RowRange, selection: Selection): readonly number[] {
    const bindings = { firstRowId, lastRowId, ...toBindings(selection) };
    const rowIds = this.#statements.selectedIds.all(bindings);
    this.#statements.deleteSelected.run(bindings);
    return rowIds;
  }

  /**
   * Returns how many of them there were. A row leaves its place before it takes the new one, by way of a table
   * outside of the file: in a full file there may not be room for a large row twice.
   */
  moveToDeadLetters(rows: readonly PoisonedRow[], foundAtMs: number): number {
    const { copyAside, addToDeadLetters, emptyAside } = this.#statements;
    let movedCount = 0;
    for (const { rowId, reason } of rows) {
      copyAside.run(rowId);
      movedCount += this.#statements.delete.run(rowId, rowId).changes;
      addToDeadLetters.run(foundAtMs, reason);
      emptyAside.run();
    }
    return movedCount;
  }

  countRows(): number {
    return this.#statements.count.get() ?? 0;
  }

  /**
   * Which rows are there, not yet of which metrics: 0.02 s a million rows where none is missing between the
   * first and the last, else 0.1 s.
   */
  loadIndex(): RowIndex {
    const index = new RowIndex();
    const { whole, countSlice, rowIds } = this.#statements;
    const all = whole.get();
    if (all === undefined || all.firstRowId === null) return index;
    if (isWhole(all)) {
      index.addRange(all);
      return index;
    }
    let slice = countSlice.get(Number.MIN_SAFE_INTEGER);
    while (slice !== undefined && slice.firstRowId !== null) {
      if (isWhole(slice)) index.addRange(slice);
      else {
        const found = rowIds.all(slice.firstRowId, slice.lastRowId);
        for (const rowId of found) index.addRange({ firstRowId: rowId, lastRowId: rowId });
      }
      slice = countSlice.get(slice.lastRowId);
    }
    return index;
  }

  /** Tells the index of which metrics the next rows are; the last row read, undefined when there are no more. */
  readMetricIds(index: RowIndex, afterRowId: number, upToRowId: number): number | undefined {
    const slice = this.#statements.idSlice.get(afterRowId, upToRowId);
    if (slice === undefined || slice.firstRowId === null) return undefined;
    const { firstRowId, lastRowId, metricIds } = slice;
    const rowIds = isWhole(slice) ? undefined : this.#statements.rowIds.all(firstRowId, lastRowId);
    metricIds.split(',').forEach((metricId, place) => {
      index.setMetric(rowIds?.[place] ?? firstRowId + place, Number(metricId));
    });
    return lastRowId;
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

const ALL = 'row_id, metric_id, value_kind, value, quality, status_code, timestamp_ms, stored_at_ms, crc32, priority';

type Statements = ReturnType<typeof prepare>;
type InsertBindings = [number, number, number, ChangeColumns['value'], number, number, number, number, number, number];
type GoodBindings = [number, number, number, ChangeColumns['value'], number, number, number];

/** By place, not by name: names cost as much as the insert itself. Nearly all rows are good and of normal class. */
function insertInto({ insert, insertGood }: Statements, row: ChangeColumns): void {
  const { row_id: rowId, metric_id: metricId, value_kind: kind, value, timestamp_ms: timestampMs } = row;
  if (row.quality === 0 && row.status_code === 0 && row.priority === PRIORITY_CODE.normal) {
    insertGood.run(rowId, metricId, kind, value, timestampMs, row.stored_at_ms, row.crc32);
  } else {
    const { quality, status_code: statusCode, stored_at_ms: storedAtMs, priority } = row;
    insert.run(rowId, metricId, kind, value, quality, statusCode, timestampMs, storedAtMs, row.crc32, priority);
  }
}

/** The class stands in the text of a statement: only so SQLite can use the index that holds nothing else. */
function forEachClass<T>(prepareFor: (condition: string, priority: Priority) => T): Readonly<Record<Priority, T>> {
  const of = (priority: Priority): T => prepareFor(`priority = ${PRIORITY_CODE[priority]}`, priority);
  return { low: of('low'), normal: of('normal'), high: of('high') };
}

/** Metric ids as JSON, null for any. */
type SelectionBindings = RowRange & Omit<Selection, 'metricIds'> & { readonly metricIds: string | null };

const toBindings = ({ metricIds, ...others }: Selection): Omit<SelectionBindings, keyof RowRange> => ({
  metricIds: metricIds && JSON.stringify(metricIds),
  ...others,
});

const SPAN = 'min(row_id) AS firstRowId, max(row_id) AS lastRowId, count(*) AS rowCount';

const SELECTED = `row_id BETWEEN @firstRowId AND @lastRowId AND timestamp_ms < @beforeMs
  AND timestamp_ms >= @fromMs AND (@priority IS NULL OR priority = @priority)
  AND (@metricIds IS NULL OR metric_id IN (SELECT value FROM json_each(@metricIds)))`;

function prepare(db: Sqlite) {
  // Never crosses into JavaScript: a damaged text would not come back as it was.
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS aside AS SELECT ${ALL} FROM change LIMIT 0`);
  return {
    insert: db.prepare<InsertBindings>(`INSERT INTO change (${ALL}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    insertGood: db.prepare<GoodBindings>(`INSERT INTO change (${ALL}) VALUES (?, ?, ?, ?, 0, 0, ?, ?, ?, 1)`),
    read: db.prepare<[number, number, number], ChangeColumns>(
      `SELECT ${ALL} FROM change WHERE row_id > ? AND row_id <= ? ORDER BY row_id LIMIT ?`,
    ),
    readIds: db.prepare<[string], ChangeColumns>(
      `SELECT ${ALL} FROM change WHERE row_id IN (SELECT value FROM json_each(?)) ORDER BY row_id`,
    ),
    readClass: forEachClass((condition, priority) =>
      db.prepare<[number, number, number], ChangeColumns>(
        // A row whose class is damaged is found with those of normal class, and set aside: it is in no index.
        `SELECT ${ALL} FROM change
         WHERE ${priority === 'normal' ? 'priority IS NOT 0 AND priority IS NOT 2' : condition} AND row_id > ? AND row_id <= ? ORDER BY row_id LIMIT ?`,
      ),
    ),
    oldestOf: forEachClass((condition) =>
      db.prepare<[number], number>(`SELECT row_id FROM change WHERE ${condition} ORDER BY row_id LIMIT ?`).pluck(),
    ),
    newestOf: forEachClass((condition) =>
      db.prepare<[number], number>(`SELECT row_id FROM change WHERE ${condition} ORDER BY row_id DESC LIMIT ?`).pluck(),
    ),
    keep: db.prepare<[number, number, number], ChangeColumns>(
      `SELECT ${ALL} FROM change WHERE row_id BETWEEN ? AND ? AND priority <> ? ORDER BY row_id`,
    ),
    deleteClass: db.prepare<[number, number, number]>(
      'DELETE FROM change WHERE row_id BETWEEN ? AND ? AND priority = ?',
    ),
    summarizeSelected: db.prepare<[SelectionBindings & { readonly reason: string }], LossEntry>(
      `SELECT m.device_id AS deviceId, coalesce(m.metric_name, '(unknown)') AS metricName, @reason AS reason,
         count(*) AS droppedCount, min(timestamp_ms) AS firstTimestampMs, max(timestamp_ms) AS lastTimestampMs
       FROM change LEFT JOIN metric m USING (metric_id) WHERE ${SELECTED} GROUP BY metric_id ORDER BY 1, 2`,
    ),
    selectedIds: db
      .prepare<[SelectionBindings], number>(`SELECT row_id FROM change WHERE ${SELECTED} ORDER BY row_id`)
      .pluck(),
    deleteSelected: db.prepare<[SelectionBindings]>(`DELETE FROM change WHERE ${SELECTED}`),
    oldest: db.prepare<[], number>('SELECT timestamp_ms FROM change ORDER BY row_id LIMIT 1').pluck(),
    delete: db.prepare<[number, number]>('DELETE FROM change WHERE row_id BETWEEN ? AND ?'),
    summarize: db.prepare<[string, number, number, number], LossEntry>(
      `SELECT m.device_id AS deviceId, coalesce(m.metric_name, '(unknown)') AS metricName, ? AS reason,
         count(*) AS droppedCount, min(timestamp_ms) AS firstTimestampMs, max(timestamp_ms) AS lastTimestampMs
       FROM change LEFT JOIN metric m USING (metric_id) WHERE row_id BETWEEN ? AND ? AND priority = ?
       GROUP BY metric_id`,
    ),
    copyAside: db.prepare<[number]>(`INSERT INTO temp.aside SELECT ${ALL} FROM change WHERE row_id = ?`),
    addToDeadLetters: db.prepare<[number, string]>(
      `INSERT OR REPLACE INTO dead_letter (${ALL}, found_at_ms, reason) SELECT ${ALL}, ?, ? FROM temp.aside`,
    ),
    emptyAside: db.prepare('DELETE FROM temp.aside'),
    count: db.prepare<[], number>('SELECT count(*) FROM change').pluck(),
    // Each by itself: SQLite counts pages and looks at both ends, where one pass over the rows takes four times as long.
    whole: db.prepare<[], RowSpan | NoSpan>(
      `SELECT (SELECT min(row_id) FROM change) AS firstRowId, (SELECT max(row_id) FROM change) AS lastRowId,
         (SELECT count(*) FROM change) AS rowCount`,
    ),
    countSlice: db.prepare<[number], RowSpan | NoSpan>(
      `SELECT ${SPAN} FROM (SELECT row_id FROM change WHERE row_id > ? ORDER BY row_id LIMIT ${INDEX_SLICE_ROWS})`,
    ),
    idSlice: db.prepare<[number, number], (RowSpan & { readonly metricIds: string }) | NoSpan>(
      `SELECT ${SPAN}, group_concat(CASE typeof(metric_id) WHEN 'integer' THEN metric_id ELSE 0 END) AS metricIds
       FROM (SELECT row_id, metric_id FROM change WHERE row_id > ? AND row_id <= ?
             ORDER BY row_id LIMIT ${INDEX_SLICE_ROWS})`,
    ),
    rowIds: db
      .prepare<[number, number], number>('SELECT row_id FROM change WHERE row_id BETWEEN ? AND ? ORDER BY row_id')
      .pluck(),
  };
}
