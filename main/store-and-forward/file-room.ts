import { crashPoint } from '../platform/crash-point.ts';
import type { ChangeTable } from './change-table.ts';
import type { FileSpace } from './file-space.ts';
import { LOSS_REASON, type WhenFull } from './forward-buffer.ts';
import type { LossSummary } from './loss-summary.ts';
import type { Room } from './make-room.ts';
import { type RowRange, toRanges } from './row-ranges.ts';

/** Dropping a few rows at a time would look for space as often as there are rows. */
const DROP_ROWS = 500;

/** The file as `makeRoom` sees it, and what that has dropped. */
export function roomOf(
  table: ChangeTable,
  space: FileSpace,
  whenFull: WhenFull,
  lost: LossSummary,
): Room & { readonly removed: RowRange[] } {
  const removed: RowRange[] = [];
  const dropStored: Room['dropStored'] = (priority, end) => {
    const rowIds = table.rowIdsOf(priority, end, DROP_ROWS);
    const [firstRowId, lastRowId] = [rowIds[0], rowIds.at(-1)];
    if (firstRowId === undefined || lastRowId === undefined) return false;
    const range = { firstRowId, lastRowId };
    for (const loss of table.summarize(priority, range, LOSS_REASON[whenFull])) lost.add(loss);
    table.deleteOf(priority, range, rowIds.length);
    crashPoint('mid-drop');
    removed.push(...toRanges(rowIds));
    return true;
  };
  return { removed, freeBytes: () => space.freeBytes(), dropStored };
}
