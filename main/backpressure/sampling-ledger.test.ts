import { describe, expect, it } from 'vitest';
import { EMPTY_LEDGER, noteChange, noteTime, resumeLedger } from './sampling-ledger.ts';

/** 10 tags from 250 ms to 2,000 ms: 10 × (4 − 0.5) samples a second. */
const NOT_TAKEN_PER_S = 35;

function slowForAMinute() {
  const slow = noteChange(EMPTY_LEDGER, { atMs: 1_000, phase: 'slow', waitingRows: 1_204 });
  return noteTime(slow, { elapsedMs: 60_000, isSlow: true, notTakenPerS: NOT_TAKEN_PER_S });
}

describe('the sampling ledger', () => {
  it('counts slow time and the samples that were at most not taken', () => {
    const ledger = slowForAMinute();
    expect(ledger.sinceStart).toEqual({ changeCount: 1, slowMs: 60_000, samplesNotTakenAtMost: 2_100 });
    expect(ledger.changes).toEqual([
      { atMs: 1_000, phase: 'slow', waitingRows: 1_204, lastedMs: 60_000, isOver: false, samplesNotTakenAtMost: 2_100 },
    ]);
  });

  it('ends a change with the next one, and counts no cost while sampling is normal', () => {
    const back = noteChange(slowForAMinute(), { atMs: 61_000, phase: 'normal', waitingRows: 80 });
    const later = noteTime(back, { elapsedMs: 5_000, isSlow: false, notTakenPerS: 0 });
    expect(later.changes.map(({ phase, lastedMs, isOver }) => [phase, lastedMs, isOver])).toEqual([
      ['slow', 60_000, true],
      ['normal', 5_000, false],
    ]);
    expect(later.total).toEqual({ changeCount: 2, slowMs: 60_000, samplesNotTakenAtMost: 2_100 });
  });

  it('goes on counting samples not taken while a server keeps the slow interval', () => {
    const back = noteChange(slowForAMinute(), { atMs: 61_000, phase: 'normal', waitingRows: 80 });
    const stuck = noteTime(back, { elapsedMs: 1_000, isSlow: false, notTakenPerS: 3.5 });
    expect(stuck.total).toMatchObject({ slowMs: 60_000, samplesNotTakenAtMost: 2_103.5 });
  });

  it('carries the sums over a restart and closes what was going on', () => {
    const resumed = noteTime(resumeLedger(slowForAMinute()), { elapsedMs: 9_000, isSlow: false, notTakenPerS: 0 });
    expect(resumed.sinceStart).toEqual({ changeCount: 0, slowMs: 0, samplesNotTakenAtMost: 0 });
    expect(resumed.total).toMatchObject({ changeCount: 1, slowMs: 60_000 });
    expect(resumed.changes.at(-1)).toMatchObject({ phase: 'slow', lastedMs: 60_000, isOver: true });
  });

  it('keeps the last 50 changes', () => {
    let ledger = EMPTY_LEDGER;
    for (let index = 0; index < 70; index++) {
      ledger = noteChange(ledger, { atMs: index, phase: index % 2 === 0 ? 'slow' : 'normal', waitingRows: index });
    }
    expect(ledger.changes).toHaveLength(50);
    expect(ledger.changes[0]?.atMs).toBe(20);
    expect(ledger.total.changeCount).toBe(70);
  });
});
