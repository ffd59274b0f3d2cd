import type { RowRange } from './row-ranges.ts';

const CHUNK_ROWS = 4_096;
/** A chunk with fewer rows is kept as a list of them. */
const MIN_DENSE_ROWS = 256;
/** Stands for a metric id that no metric can have: the row is there, its id is damaged. */
const UNKNOWN_METRIC_ID = 0xffff_ffff;
/** The row is there, and `setMetric` has not said yet of which metric. */
const UNREAD_METRIC_ID = 0xffff_fffe;

interface Chunk {
  readonly firstRowId: number;
  rowCount: number;
  /** By place in the chunk, 0 where there is no row; undefined where the rows are few. */
  metricIds: Uint32Array | undefined;
  /** Metric ids by place, ascending, where the rows are few. */
  few: Map<number, number>;
}

/**
 * Which rows are there, and of which metric: four bytes a row in memory (44 MB at 11 million). Any page and any
 * search is found in milliseconds, where an index in the file would make every append three times as slow
 * (measured). Gaps cost nothing, however many a purge has torn, or an outage of weeks that left only the rows of
 * high class: a chunk of which few are left takes no more than these.
 */
export class RowIndex {
  /** By chunk number, ascending: rows are added in ascending order only. */
  readonly #chunks = new Map<number, Chunk>();
  #newest: Chunk | undefined;
  #rowCount = 0;

  get rowCount(): number {
    return this.#rowCount;
  }

  /** `rowId` is higher than every one before it. */
  add(rowId: number, metricId: number): void {
    const chunk = this.#chunkToAdd(Math.floor(rowId / CHUNK_ROWS));
    put(chunk, rowId - chunk.firstRowId, toKnown(metricId));
    chunk.rowCount++;
    this.#rowCount++;
  }

  /** All rows of the range, each of a metric that `setMetric` tells later; higher than every one before it. */
  addRange({ firstRowId, lastRowId }: RowRange): void {
    for (let from = firstRowId; from <= lastRowId;) {
      const chunk = this.#chunkToAdd(Math.floor(from / CHUNK_ROWS));
      const to = Math.min(lastRowId, chunk.firstRowId + CHUNK_ROWS - 1);
      for (let rowId = from; rowId <= to; rowId++) put(chunk, rowId - chunk.firstRowId, UNREAD_METRIC_ID);
      chunk.rowCount += to - from + 1;
      this.#rowCount += to - from + 1;
      from = to + 1;
    }
  }

  /** Of a row of `addRange`; nothing where it has gone meanwhile. */
  setMetric(rowId: number, metricId: number): void {
    const chunk = this.#chunks.get(Math.floor(rowId / CHUNK_ROWS));
    if (chunk === undefined) return;
    const place = rowId - chunk.firstRowId;
    const present = chunk.metricIds === undefined ? chunk.few.get(place) : chunk.metricIds[place];
    if (present === UNREAD_METRIC_ID) put(chunk, place, toKnown(metricId));
  }

  removeRange({ firstRowId, lastRowId }: RowRange): void {
    const firstNumber = Math.floor(firstRowId / CHUNK_ROWS);
    const lastNumber = Math.floor(lastRowId / CHUNK_ROWS);
    if (lastNumber - firstNumber > this.#chunks.size) {
      for (const number of this.#chunks.keys()) {
        if (number >= firstNumber && number <= lastNumber) this.#removeFrom(number, firstRowId, lastRowId);
      }
      return;
    }
    for (let number = firstNumber; number <= lastNumber; number++) this.#removeFrom(number, firstRowId, lastRowId);
  }

  has(rowId: number): boolean {
    const chunk = this.#chunks.get(Math.floor(rowId / CHUNK_ROWS));
    if (chunk === undefined) return false;
    const place = rowId - chunk.firstRowId;
    return chunk.metricIds === undefined ? chunk.few.has(place) : chunk.metricIds[place] !== 0;
  }

  /** Id of the row at `index` (from 0, ascending), undefined past the end. */
  rowIdAt(index: number): number | undefined {
    let left = index;
    for (const chunk of this.#chunks.values()) {
      if (left < chunk.rowCount) return nthOf(chunk, left);
      left -= chunk.rowCount;
    }
    return undefined;
  }

  /** The first row after the given one, undefined when there is none. */
  nextRowId(afterRowId: number): number | undefined {
    for (const chunk of this.#chunks.values()) {
      if (chunk.firstRowId + CHUNK_ROWS <= afterRowId) continue;
      for (const [place] of rowsOf(chunk)) {
        if (chunk.firstRowId + place > afterRowId) return chunk.firstRowId + place;
      }
    }
    return undefined;
  }

  /** Counts all rows of the metrics, and gives the ids of those from `fromIndex` on, at most `maxRows`. */
  find(
    metricIds: readonly number[],
    fromIndex: number,
    maxRows: number,
  ): { readonly rowCount: number; readonly rowIds: readonly number[] } {
    const isWanted = new Uint8Array(metricIds.reduce((highest, id) => Math.max(highest, id), 0) + 1);
    for (const metricId of metricIds) if (metricId > 0) isWanted[metricId] = 1;
    const rowIds: number[] = [];
    let rowCount = 0;
    for (const chunk of this.#chunks.values()) {
      const foundCount = countWanted(chunk, isWanted);
      if (foundCount > 0 && rowIds.length < maxRows && rowCount + foundCount > fromIndex) {
        const skippedCount = Math.max(0, fromIndex - rowCount);
        rowIds.push(...wantedOf(chunk, isWanted).slice(skippedCount, skippedCount + maxRows - rowIds.length));
      }
      rowCount += foundCount;
    }
    return { rowCount, rowIds };
  }

  #chunkToAdd(number: number): Chunk {
    const known = this.#chunks.get(number);
    if (known !== undefined) return known;
    const before = this.#newest;
    const metricIds = new Uint32Array(CHUNK_ROWS);
    const chunk = { firstRowId: number * CHUNK_ROWS, rowCount: 0, metricIds, few: new Map<number, number>() };
    this.#chunks.set(number, chunk);
    this.#newest = chunk;
    if (before !== undefined) makeSmall(before);
    return chunk;
  }

  #removeFrom(number: number, firstRowId: number, lastRowId: number): void {
    const chunk = this.#chunks.get(number);
    if (chunk === undefined) return;
    const from = Math.max(0, firstRowId - chunk.firstRowId);
    const to = Math.min(CHUNK_ROWS - 1, lastRowId - chunk.firstRowId);
    const before = chunk.rowCount;
    const { metricIds, few } = chunk;
    if (metricIds === undefined) {
      for (const place of few.keys()) if (place >= from && place <= to) few.delete(place);
      chunk.rowCount = few.size;
    } else {
      for (let place = from; place <= to; place++) if (metricIds[place] !== 0) chunk.rowCount--;
      metricIds.fill(0, from, to + 1);
    }
    this.#rowCount -= before - chunk.rowCount;
    if (chunk.rowCount === 0) this.#chunks.delete(number);
    else if (chunk !== this.#newest) makeSmall(chunk);
  }
}

const toKnown = (metricId: number): number =>
  metricId > 0 && metricId < UNREAD_METRIC_ID ? metricId : UNKNOWN_METRIC_ID;

function put(chunk: Chunk, place: number, metricId: number): void {
  if (chunk.metricIds === undefined) chunk.few.set(place, metricId);
  else chunk.metricIds[place] = metricId;
}

/** Runs over every row that is waiting: without a call for each, 11 million take 15 ms. */
function countWanted({ metricIds, few }: Chunk, isWanted: Uint8Array): number {
  let count = 0;
  if (metricIds === undefined) for (const metricId of few.values()) count += isWanted[metricId] ?? 0;
  else for (let place = 0; place < CHUNK_ROWS; place++) count += isWanted[metricIds[place] ?? 0] ?? 0;
  return count;
}

const wantedOf = (chunk: Chunk, isWanted: Uint8Array): readonly number[] =>
  [...rowsOf(chunk)].filter(([, metricId]) => isWanted[metricId] === 1).map(([place]) => chunk.firstRowId + place);

/** Only of a chunk to which no row is added any more. */
function makeSmall(chunk: Chunk): void {
  if (chunk.metricIds === undefined || chunk.rowCount >= MIN_DENSE_ROWS) return;
  chunk.few = new Map(rowsOf(chunk));
  chunk.metricIds = undefined;
}

/** Place and metric id of each row, ascending. */
function* rowsOf({ metricIds, few }: Chunk): Generator<[number, number]> {
  if (metricIds === undefined) yield* few;
  else for (const [place, metricId] of metricIds.entries()) if (metricId !== 0) yield [place, metricId];
}

function nthOf(chunk: Chunk, index: number): number {
  // A chunk without gaps is the usual one, save at both ends of the file.
  if (chunk.rowCount === CHUNK_ROWS) return chunk.firstRowId + index;
  let left = index;
  for (const [place] of rowsOf(chunk)) if (left-- === 0) return chunk.firstRowId + place;
  return chunk.firstRowId;
}
