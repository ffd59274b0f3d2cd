import { isStopClass, type TimePiece } from './time-piece.ts';

/**
 * Measures stops whole and turns those up to the micro-stop limit into `short-stop`: performance loss instead of
 * availability loss. A stop is everything between two stretches of another class (Aborted, Clearing, Resetting … are
 * one). It is measured before it is cut at the edges of shift and plan (L9). A stop that still goes on is short until it
 * is longer than the limit, then all of it turns (L10). Changes the pieces in place.
 */
export function measureStops(pieces: readonly TimePiece[], microStopMs: number): void {
  for (let first = 0; first < pieces.length;) {
    const start = pieces[first];
    if (start === undefined || !isStopClass(start.timeClass)) {
      first += 1;
      continue;
    }
    let end = first;
    while (end < pieces.length && isStopClass(pieces[end]?.timeClass ?? 'run')) end += 1;
    const wholeMs = (pieces[end - 1]?.toMs ?? start.toMs) - start.fromMs;
    for (let index = first; index < end; index += 1) {
      const piece = pieces[index];
      if (piece === undefined) continue;
      piece.wholeStopMs = wholeMs;
      if (wholeMs <= microStopMs) piece.timeClass = 'short-stop';
    }
    first = end;
  }
}
