import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';

/** A row without texts of its own, measured as heap per row of a million (Node 24): the names are shared. */
const ROW_BYTES = 150;
const BYTES_PER_NUMBER = 16;
/** Its header and the place that refers to it; a character has one byte or two. */
const TEXT_BYTES = 24;
const BYTES_PER_CHARACTER = 2;

const countTextBytes = (text: string): number => TEXT_BYTES + BYTES_PER_CHARACTER * text.length;

/** About what the row takes in memory, rather more than less. */
export function countRowBytes({ meta }: TelemetryRow): number {
  let bytes = ROW_BYTES;
  if (meta === null) return bytes;
  for (const value of Object.values(meta)) {
    if (typeof value === 'string') bytes += countTextBytes(value);
    else if (typeof value === 'number') bytes += BYTES_PER_NUMBER;
    else for (const item of value) bytes += typeof item === 'string' ? countTextBytes(item) : BYTES_PER_NUMBER;
  }
  return bytes;
}
