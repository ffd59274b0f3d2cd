import { indexAfter } from './counted-parts.ts';
import type { TimePiece } from './time-piece.ts';

/** How long a machine has run up to a time; differences of it are the run time of a range. */
export interface RunTime {
  runMsTo(atMs: number): number;
}

/** Run time from the start to any time, by bisection. */
export class RunIndex implements RunTime {
  readonly #startsMs: number[] = [];
  readonly #endsMs: number[] = [];
  /** Run before each stretch. */
  readonly #beforeMs: number[] = [];

  /** Takes time without the plan: parts are made in worked breaks too. */
  constructor(pieces: readonly TimePiece[]) {
    let sumMs = 0;
    for (const { timeClass, fromMs, toMs } of pieces) {
      if (timeClass !== 'run') continue;
      this.#startsMs.push(fromMs);
      this.#endsMs.push(toMs);
      this.#beforeMs.push(sumMs);
      sumMs += toMs - fromMs;
    }
  }

  runMsTo(atMs: number): number {
    const index = indexAfter(this.#startsMs, atMs) - 1;
    const startMs = this.#startsMs[index];
    if (startMs === undefined) return 0;
    return (this.#beforeMs[index] ?? 0) + Math.min(atMs, this.#endsMs[index] ?? startMs) - startMs;
  }
}
