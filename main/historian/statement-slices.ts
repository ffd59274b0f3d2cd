import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';

/** Long texts and arrays: the driver makes one text of a column, and JavaScript has none beyond 512 million. */
const META_CHARACTERS_PER_STATEMENT = 16_000_000;
/** Of a number in JSON; the longest has 25. */
const CHARACTERS_PER_NUMBER = 25;

/** About how long the row's `meta` is as JSON. */
function countMetaCharacters({ meta }: TelemetryRow): number {
  let count = 0;
  for (const value of meta === null ? [] : Object.values(meta)) {
    if (typeof value === 'string') count += value.length;
    else if (typeof value !== 'number') {
      for (const item of value) count += typeof item === 'string' ? item.length : CHARACTERS_PER_NUMBER;
    }
  }
  return count;
}

/** The rows in their order, in pieces of at most `rowLimit` that one statement takes; a row that is too long for any is a piece of its own. */
export function* sliceForStatements(
  rows: readonly TelemetryRow[],
  rowLimit: number,
): Generator<readonly TelemetryRow[]> {
  let from = 0;
  let metaCharacters = 0;
  for (const [at, row] of rows.entries()) {
    const ownCharacters = countMetaCharacters(row);
    const isFull = at - from >= rowLimit || metaCharacters + ownCharacters > META_CHARACTERS_PER_STATEMENT;
    if (isFull && at > from) {
      yield rows.slice(from, at);
      from = at;
      metaCharacters = 0;
    }
    metaCharacters += ownCharacters;
  }
  if (from < rows.length) yield rows.slice(from);
}
