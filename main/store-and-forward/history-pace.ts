/**
 * A host goes offline when its database takes less than it is sent; everything it had not held long enough is then
 * sent again. At the same pace that would go on for ever, so history gives way by half and comes back with what arrives.
 */

/** The slowest pace, as a share of the pace that is set. */
const SLOWEST_SHARE = 1 / 32;
/** Rows a second won by each row that arrives: about 1 % more with each second. */
const GAIN_PER_ROW = 0.01;

/** The host has gone offline. */
export const slowerPace = (rowsPerS: number, setRowsPerS: number): number =>
  Math.max(setRowsPerS * SLOWEST_SHARE, rowsPerS / 2);

/** So many rows have arrived. */
export const fasterPace = (rowsPerS: number, setRowsPerS: number, arrivedRows: number): number =>
  Math.min(setRowsPerS, rowsPerS + GAIN_PER_ROW * arrivedRows);
