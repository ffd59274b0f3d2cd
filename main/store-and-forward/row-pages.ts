import type { RowFilter } from '../../shared/domain/purge.ts';
import type { RowQuery } from './forward-buffer.ts';
import type { MetricDictionary } from './metric-dictionary.ts';
import type { Sqlite } from './open-sqlite.ts';
import { toSelection } from './purge-selection.ts';
import type { RowIndex } from './row-index.ts';
import { hasRow } from './row-ranges.ts';

/** Rows looked at by one slice of a scan: some ten milliseconds, so that appends get their turn in between. */
const SCAN_SLICE_ROWS = 50_000;

interface FoundIds {
  /** On all pages. */
  readonly rowCount: number;
  readonly rowIds: readonly number[];
}

/** The rows that fit a filter which memory does not know, as far as the file was read for it. */
interface Scan {
  readonly key: string;
  afterRowId: number;
  readonly rowIds: number[];
}

/**
 * Finds the rows of a page. Names are answered from memory; time, class and state need a scan of the file, in slices.
 * The last scan is kept and carried on, so a list that is asked for again each second costs only what came in.
 */
export class RowPages {
  readonly #dictionary: MetricDictionary;
  readonly #index: RowIndex;
  readonly #statements: ReturnType<typeof prepare>;
  #scan: Scan | undefined;

  constructor(db: Sqlite, dictionary: MetricDictionary, index: RowIndex) {
    this.#dictionary = dictionary;
    this.#index = index;
    this.#statements = prepare(db);
  }

  /** Reads on for this query; false when nothing is left to read. */
  readSlice(query: RowQuery, lastRowId: number): boolean {
    if (!needsScan(query)) return false;
    const scan = this.#scanFor(query);
    const { metricIds, beforeMs, fromMs, priority } = toSelection(this.#dictionary, toFilter(query));
    const upTo = this.#statements.sliceEnd.get(scan.afterRowId, lastRowId) ?? lastRowId;
    const found = this.#statements.scan.all({
      afterRowId: scan.afterRowId,
      upTo,
      metricIds: metricIds && JSON.stringify(metricIds),
      beforeMs,
      fromMs,
      priority,
    });
    for (const rowId of found) scan.rowIds.push(rowId);
    scan.afterRowId = upTo;
    return upTo < lastRowId;
  }

  /** Undefined where every row is meant. */
  find(query: RowQuery): FoundIds | undefined {
    const { fromIndex, maxRows, sent } = query;
    if (needsScan(query)) {
      const scan = this.#scanFor(query);
      dropGone(scan, this.#index);
      const meant =
        sent === undefined ? scan.rowIds : scan.rowIds.filter((id) => hasRow(sent.rows, id) === sent.isSent);
      return { rowCount: meant.length, rowIds: meant.slice(fromIndex, fromIndex + maxRows) };
    }
    const { metricIds } = toSelection(this.#dictionary, toFilter(query));
    return metricIds === null ? undefined : this.#index.find(metricIds, fromIndex, maxRows);
  }

  #scanFor(query: RowQuery): Scan {
    const key = JSON.stringify(toFilter(query));
    if (this.#scan?.key !== key) this.#scan = { key, afterRowId: Number.MIN_SAFE_INTEGER, rowIds: [] };
    return this.#scan;
  }
}

/** Whether the query asks for something that the index in memory does not know. */
function needsScan({ filter, sent }: RowQuery): boolean {
  const { beforeMs, fromMs, priority } = filter ?? {};
  return sent !== undefined || beforeMs !== undefined || fromMs !== undefined || priority !== undefined;
}

const toFilter = ({ filter, search }: RowQuery): RowFilter & { search?: string } =>
  search === '' ? { ...filter } : { ...filter, search };

/** Takes out what was deleted meanwhile: nearly always the oldest rows. */
function dropGone(scan: Scan, index: RowIndex): void {
  const left = scan.rowIds.filter((rowId) => index.has(rowId));
  if (left.length === scan.rowIds.length) return;
  scan.rowIds.length = 0;
  for (const rowId of left) scan.rowIds.push(rowId);
}

interface ScanBindings {
  readonly afterRowId: number;
  readonly upTo: number;
  readonly metricIds: string | null;
  readonly beforeMs: number;
  readonly fromMs: number;
  readonly priority: number | null;
}

function prepare(db: Sqlite) {
  return {
    sliceEnd: db
      .prepare<[number, number], number | null>(
        `SELECT max(row_id) FROM (SELECT row_id FROM change WHERE row_id > ? AND row_id <= ? ORDER BY row_id LIMIT ${SCAN_SLICE_ROWS})`,
      )
      .pluck(),
    scan: db
      .prepare<[ScanBindings], number>(
        `SELECT row_id FROM change WHERE row_id > @afterRowId AND row_id <= @upTo
           AND timestamp_ms < @beforeMs AND timestamp_ms >= @fromMs AND (@priority IS NULL OR priority = @priority)
           AND (@metricIds IS NULL OR metric_id IN (SELECT value FROM json_each(@metricIds))) ORDER BY row_id`,
      )
      .pluck(),
  };
}
