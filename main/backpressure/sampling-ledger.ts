/**
 * What adaptive sampling did and what it cost in resolution: the last changes, and sums since the start of the
 * program and since the buffer file was made. Pure. The cost is an upper bound and is named so: see `SamplingCost`.
 */
import type { SamplingChange, SamplingCost } from '../../shared/domain/sampling-snapshot.ts';

export interface SamplingLedger {
  /** At most 50, oldest first. */
  readonly changes: readonly SamplingChange[];
  readonly sinceStart: SamplingCost;
  readonly total: SamplingCost;
}

const KEPT_CHANGES = 50;
const NOTHING: SamplingCost = { changeCount: 0, slowMs: 0, samplesNotTakenAtMost: 0 };

export const EMPTY_LEDGER: SamplingLedger = { changes: [], sinceStart: NOTHING, total: NOTHING };

/** The ledger of an earlier run: what was going on then has ended with it, and sampling is normal again. */
export function resumeLedger(earlier: Pick<SamplingLedger, 'changes' | 'total'>): SamplingLedger {
  return {
    changes: earlier.changes.slice(-KEPT_CHANGES).map((change) => ({ ...change, isOver: true })),
    sinceStart: NOTHING,
    total: earlier.total,
  };
}

/** The sampling was changed just now. */
export function noteChange(
  ledger: SamplingLedger,
  change: Pick<SamplingChange, 'atMs' | 'phase' | 'waitingRows'>,
): SamplingLedger {
  const before = ledger.changes.slice(1 - KEPT_CHANGES).map((entry) => ({ ...entry, isOver: true }));
  const count = (cost: SamplingCost): SamplingCost => ({ ...cost, changeCount: cost.changeCount + 1 });
  return {
    changes: [...before, { ...change, lastedMs: 0, isOver: false, samplesNotTakenAtMost: 0 }],
    sinceStart: count(ledger.sinceStart),
    total: count(ledger.total),
  };
}

/**
 * Time that has passed.
 *
 * @param notTakenPerS samples per second that the servers take at most less than normally.
 */
export function noteTime(
  ledger: SamplingLedger,
  passed: { readonly elapsedMs: number; readonly isSlow: boolean; readonly notTakenPerS: number },
): SamplingLedger {
  const { elapsedMs, isSlow } = passed;
  const notTaken = (passed.notTakenPerS * elapsedMs) / 1_000;
  const add = (cost: SamplingCost): SamplingCost => ({
    ...cost,
    slowMs: cost.slowMs + (isSlow ? elapsedMs : 0),
    samplesNotTakenAtMost: cost.samplesNotTakenAtMost + notTaken,
  });
  const last = ledger.changes.at(-1);
  const changes =
    last === undefined || last.isOver
      ? ledger.changes
      : ledger.changes.with(-1, {
          ...last,
          lastedMs: last.lastedMs + elapsedMs,
          samplesNotTakenAtMost: last.samplesNotTakenAtMost + notTaken,
        });
  return { changes, sinceStart: add(ledger.sinceStart), total: add(ledger.total) };
}
