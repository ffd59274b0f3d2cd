import type { BufferedChange } from './forward-buffer.ts';
import { ChangePacker, ChangeUnpacker, type PackedChanges } from './packed-changes.ts';

/** Rows by column, for the way out of the buffer's thread: changes with what the file has added to them. */
export interface PackedRows {
  readonly changes: PackedChanges;
  readonly rowIds: Float64Array;
  readonly storedAtMs: Float64Array;
}

/** Each packet names its own metrics: packets may be dropped or read in any order. */
export const packRows = (rows: readonly BufferedChange[]): PackedRows => ({
  changes: new ChangePacker().pack(rows),
  rowIds: Float64Array.from(rows, (row) => row.rowId),
  storedAtMs: Float64Array.from(rows, (row) => row.storedAtMs),
});

export const unpackRows = ({ changes, rowIds, storedAtMs }: PackedRows): readonly BufferedChange[] =>
  new ChangeUnpacker().unpack(changes).map((change, index) => ({
    ...change,
    rowId: rowIds[index] ?? 0,
    storedAtMs: storedAtMs[index] ?? 0,
  }));
