/**
 * Finds the row that a broker answers by closing the connection, among thousands that were under way. Pure.
 *
 * What was under way when a connection closed is sent again in small parts, each alone on the road and only after
 * a barrier has shown that the connection itself holds. A part that passes its own barrier is cleared; of a part
 * that does not, smaller parts are made. A row is guilty when the connection has closed `LONE_FAILURES` times with
 * nothing but this row under way: a network that breaks now and then hardly ever meets the same row so often.
 */
import {
  addRanges,
  countRows,
  rangeFrom,
  removeRange,
  removeRanges,
  type RowRange,
  type RowRanges,
} from './row-ranges.ts';

export interface Suspicion {
  readonly rows: RowRanges;
  /** Rows sent at a time. */
  readonly probeRows: number;
  /** How often the connection has closed with this row alone under way. */
  readonly loneFailures: ReadonlyMap<number, number>;
}

export const LONE_FAILURES = 3;
/** Each failure costs a reconnection, each part one round trip: few failures are worth many parts. */
const PARTS = 32;

/** The connection has closed while these rows were under way. */
export function suspect(
  before: Suspicion | undefined,
  underWay: RowRanges,
  batchRows: number,
): { readonly suspicion: Suspicion | undefined; readonly guiltyRowId: number | undefined } {
  const firstRowId = underWay[0]?.firstRowId;
  if (firstRowId === undefined) return { suspicion: before, guiltyRowId: undefined };
  const rowCount = countRows(underWay);
  const isProbe = before !== undefined && isSuspect(before, underWay);
  const loneFailures = new Map(before?.loneFailures);
  if (isProbe && rowCount === 1) {
    const failedCount = (loneFailures.get(firstRowId) ?? 0) + 1;
    if (failedCount >= LONE_FAILURES) return { suspicion: undefined, guiltyRowId: firstRowId };
    loneFailures.set(firstRowId, failedCount);
  }
  const rows = before === undefined || isProbe ? underWay : addRanges(before.rows, underWay);
  const probeRows = Math.max(1, Math.min(batchRows, Math.ceil(countRows(rows) / PARTS)));
  return { suspicion: { rows, probeRows, loneFailures }, guiltyRowId: undefined };
}

/** The broker has read these rows and the connection holds. */
export function clear(before: Suspicion | undefined, passed: RowRanges): Suspicion | undefined {
  if (before === undefined) return undefined;
  const rows = removeRanges(before.rows, passed);
  if (rows.length === 0) return undefined;
  return rows === before.rows ? before : { ...before, rows };
}

/** True when one of the rows is a suspect; suspects are never under way together with others. */
export function isSuspect({ rows }: Suspicion, asked: RowRanges): boolean {
  return asked.some(({ firstRowId, lastRowId }) => (rangeFrom(rows, firstRowId)?.firstRowId ?? Infinity) <= lastRowId);
}

/** The first of the rows to send next: suspects by themselves, or others as far as the next suspect. */
export function leadingPart(
  { rows }: Suspicion,
  waiting: RowRanges,
): { readonly isProbe: boolean; readonly wanted: RowRanges } {
  const [first] = waiting;
  const suspects = first && rangeFrom(rows, first.firstRowId);
  if (first === undefined || suspects === undefined) return { isProbe: false, wanted: waiting };
  if (suspects.firstRowId > first.firstRowId) {
    return { isProbe: false, wanted: removeRange(waiting, { firstRowId: suspects.firstRowId, lastRowId: Infinity }) };
  }
  const probe: RowRange = { firstRowId: first.firstRowId, lastRowId: Math.min(first.lastRowId, suspects.lastRowId) };
  return { isProbe: true, wanted: [probe] };
}
