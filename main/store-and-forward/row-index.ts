import type { RowRange } from './row-ranges.ts';

const CHUNK_ROWS = 4_096;
/** Stands for a metric id that no metric can have: the row is there, its id is damaged. */
const UNKNOWN_METRIC_ID = 0xffff_ffff;

/** `metricIds` by place in the chunk, 0 where there is no row. */
interface Chunk {
  readonly firstRowId: number;
  readonly metricIds: Uint32Array;
  rowCount: number;
}

/**
 * Which rows are there, and of which metric: four bytes a row in memory (8 MB at 2 million). Any page and any
 * search is found in milliseconds, where an index in the file would make every append three times as slow
 * (measured). Gaps cost nothing, however many a purge has torn.
 */
export class RowIndex {
  /** By chunk number, ascending: rows are added in ascending order only. */
  readonly #chunks = new Map<number, Chunk>();
  #rowCount = 0;

  get rowCount(): number {
    return this.#rowCount;
  }

  /** `rowId` is higher than every one before it. */
  add(rowId: number, metricId: number): void {
    const number = Math.floor(rowId / CHUNK_ROWS);
    let chunk = this.#chunks.get(number);
    if (chunk === undefined) {
      chunk = { firstRowId: number * CHUNK_ROWS, metricIds: new Uint32Array(CHUNK_ROWS), rowCount: 0 };
      this.#chunks.set(number, chunk);
    }
    const isId = metricId > 0 && metricId < UNKNOWN_METRIC_ID;
    chunk.metricIds[rowId - chunk.firstRowId] = isId ? metricId : UNKNOWN_METRIC_ID;
    chunk.rowCount++;
    this.#rowCount++;
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
    for (const { firstRowId, metricIds } of this.#chunks.values()) {
      if (firstRowId + CHUNK_ROWS <= afterRowId) continue;
      const from = Math.max(0, afterRowId + 1 - firstRowId);
      const place = metricIds.findIndex((metricId, at) => at >= from && metricId !== 0);
      if (place >= 0) return firstRowId + place;
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
    for (const { firstRowId, metricIds: ids } of this.#chunks.values()) {
      for (let place = 0; place < CHUNK_ROWS; place++) {
        if (isWanted[ids[place] ?? 0] !== 1) continue;
        if (rowCount >= fromIndex && rowIds.length < maxRows) rowIds.push(firstRowId + place);
        rowCount++;
      }
    }
    return { rowCount, rowIds };
  }

  #removeFrom(number: number, firstRowId: number, lastRowId: number): void {
    const chunk = this.#chunks.get(number);
    if (chunk === undefined) return;
    const from = Math.max(0, firstRowId - chunk.firstRowId);
    const to = Math.min(CHUNK_ROWS - 1, lastRowId - chunk.firstRowId);
    const before = chunk.rowCount;
    for (let place = from; place <= to; place++) if (chunk.metricIds[place] !== 0) chunk.rowCount--;
    chunk.metricIds.fill(0, from, to + 1);
    this.#rowCount -= before - chunk.rowCount;
    if (chunk.rowCount === 0) this.#chunks.delete(number);
  }
}

function nthOf({ firstRowId, metricIds, rowCount }: Chunk, index: number): number {
  // A chunk without gaps is the usual one, save at both ends of the file.
  if (rowCount === CHUNK_ROWS) return firstRowId + index;
  let left = index;
  const place = metricIds.findIndex((metricId) => metricId !== 0 && left-- === 0);
  return firstRowId + place;
}
