/**
 * Sets of row ids as sorted, disjoint, non-adjacent ranges. Values, never changed in place: a million rows
 * of an outage are one entry, and the pure forwarding plan can keep them in its state.
 */
export interface RowRange {
  readonly firstRowId: number;
  /** Included. */
  readonly lastRowId: number;
}

export type RowRanges = readonly RowRange[];

/** Index of the first range that ends at or after `rowId`; the length when there is none. */
function indexFrom(ranges: RowRanges, rowId: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.lastRowId ?? Infinity) < rowId) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All rows of `ranges` and of `range`; an empty range (last before first) adds nothing. */
export function addRange(ranges: RowRanges, range: RowRange): RowRanges {
  if (range.lastRowId < range.firstRowId) return ranges;
  // One wider on both sides, so that neighbours grow together.
  const from = indexFrom(ranges, range.firstRowId - 1);
  let to = from;
  let { firstRowId, lastRowId } = range;
  for (let next = ranges[to]; next !== undefined && next.firstRowId <= range.lastRowId + 1; next = ranges[to]) {
    firstRowId = Math.min(firstRowId, next.firstRowId);
    lastRowId = Math.max(lastRowId, next.lastRowId);
    to++;
  }
  return [...ranges.slice(0, from), { firstRowId, lastRowId }, ...ranges.slice(to)];
}

/** The rows of `ranges` that are not in `range`. */
export function removeRange(ranges: RowRanges, range: RowRange): RowRanges {
  if (range.lastRowId < range.firstRowId) return ranges;
  const from = indexFrom(ranges, range.firstRowId);
  const left: RowRange[] = [];
  let to = from;
  for (let next = ranges[to]; next !== undefined && next.firstRowId <= range.lastRowId; next = ranges[to]) {
    if (next.firstRowId < range.firstRowId) {
      left.push({ firstRowId: next.firstRowId, lastRowId: range.firstRowId - 1 });
    }
    if (next.lastRowId > range.lastRowId) left.push({ firstRowId: range.lastRowId + 1, lastRowId: next.lastRowId });
    to++;
  }
  return to === from ? ranges : [...ranges.slice(0, from), ...left, ...ranges.slice(to)];
}

/** Union. Linear in both, so that joining two long lists stays cheap. */
export function addRanges(ranges: RowRanges, more: RowRanges): RowRanges {
  if (more.length <= 1) return more[0] === undefined ? ranges : addRange(ranges, more[0]);
  const sorted = [...ranges, ...more].sort((a, b) => a.firstRowId - b.firstRowId);
  const joined: RowRange[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last === undefined || range.firstRowId > last.lastRowId + 1) joined.push(range);
    else if (range.lastRowId > last.lastRowId) {
      joined[joined.length - 1] = { firstRowId: last.firstRowId, lastRowId: range.lastRowId };
    }
  }
  return joined;
}

/** Difference. Linear in both, like `addRanges`. */
export function removeRanges(ranges: RowRanges, less: RowRanges): RowRanges {
  if (less.length <= 1) return less[0] === undefined ? ranges : removeRange(ranges, less[0]);
  const left: RowRange[] = [];
  let index = 0;
  for (const { firstRowId, lastRowId } of ranges) {
    let from = firstRowId;
    while ((less[index]?.lastRowId ?? Infinity) < firstRowId) index++;
    // The last of these may reach into the next range as well, so `index` stays on it.
    for (let next = less[index]; next !== undefined && next.firstRowId <= lastRowId; next = less[++index]) {
      if (next.firstRowId > from) left.push({ firstRowId: from, lastRowId: next.firstRowId - 1 });
      from = next.lastRowId + 1;
      if (next.lastRowId >= lastRowId) break;
    }
    if (from <= lastRowId) left.push({ firstRowId: from, lastRowId });
  }
  return left;
}

/** The first range that ends at or after `rowId`. */
export const rangeFrom = (ranges: RowRanges, rowId: number): RowRange | undefined => ranges[indexFrom(ranges, rowId)];

export function hasRow(ranges: RowRanges, rowId: number): boolean {
  const range = ranges[indexFrom(ranges, rowId)];
  return range !== undefined && range.firstRowId <= rowId;
}

export function countRows(ranges: RowRanges): number {
  return ranges.reduce((sum, range) => sum + range.lastRowId - range.firstRowId + 1, 0);
}

/** Id of the row at `index` (from 0, ascending), undefined past the end. */
export function rowIdAt(ranges: RowRanges, index: number): number | undefined {
  let left = index;
  for (const range of ranges) {
    const count = range.lastRowId - range.firstRowId + 1;
    if (left < count) return range.firstRowId + left;
    left -= count;
  }
  return undefined;
}

/** Ranges of ids given in ascending order. */
export function toRanges(ascendingRowIds: readonly number[]): RowRanges {
  const ranges: RowRange[] = [];
  for (const rowId of ascendingRowIds) {
    const last = ranges.at(-1);
    if (last !== undefined && rowId === last.lastRowId + 1) {
      ranges[ranges.length - 1] = { firstRowId: last.firstRowId, lastRowId: rowId };
    } else {
      ranges.push({ firstRowId: rowId, lastRowId: rowId });
    }
  }
  return ranges;
}
