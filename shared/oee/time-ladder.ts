import type { LossStep } from '../domain/equipment-shift.ts';
import type { MachineAccount } from './machine-account.ts';
import { sumProducts } from './oee-factors.ts';
import { roundWhole } from './round-figure.ts';
import { allMs } from './time-account.ts';
import type { TimeClass } from './time-class.ts';
import type { WindowFigures } from './window-figures.ts';

/** Losses before run time, by class, in the order of the ladder (oee.md 1.1), with their name among the six big losses. */
const SCHEDULE_LOSSES: readonly (readonly [TimeClass, string])[] = [
  ['not-scheduled', 'Not scheduled'],
  ['planned', 'Breaks and planned stops'],
  ['no-order', 'No order'],
  ['unknown', 'Unknown'],
];
const AVAILABILITY_LOSSES: readonly (readonly [TimeClass, string])[] = [
  ['failure', 'Failures'],
  ['starved', 'Starved'],
  ['blocked', 'Blocked'],
  ['unassigned', 'Unassigned stops'],
];
const BIG_LOSSES = {
  unplanned: 'Unplanned stops',
  planned: 'Planned stops',
  small: 'Small stops',
  slow: 'Slow cycles',
  rejects: 'Production rejects',
  startUp: 'Start-up rejects',
} as const;

/**
 * The ladder from all time to fully productive time. Every level is the one before less the losses between, in whole
 * milliseconds, exactly: fractions of an ideal cycle are rounded at the level, not at each loss. A negative loss says
 * that more parts came than the ideal cycle allows (D5). Without an ideal cycle the ladder ends at run time.
 */
export function timeLadder(account: MachineAccount, window: WindowFigures): LossStep[] {
  const times = window.account;
  const { earnedTotal, earnedGood, total } = sumProducts(window.products);
  const idealMs = earnedTotal === null || total === null || total.numerator === 0n ? soleIdeal(window) : null;
  const toParts = (ms: number): number | null => {
    if (idealMs !== null) return Math.round(ms / idealMs);
    if (earnedTotal === null || total === null || earnedTotal.numerator === 0n) return null;
    const ofOne = {
      numerator: earnedTotal.numerator * total.denominator,
      denominator: earnedTotal.denominator * total.numerator,
    };
    return roundWhole({ numerator: BigInt(ms) * ofOne.denominator, denominator: ofOne.numerator });
  };
  const step = (
    id: string,
    label: string,
    kind: LossStep['kind'],
    ms: number,
    bigLoss: string | null = null,
  ): LossStep => ({
    id,
    label,
    kind,
    ms,
    partCount: toParts(ms),
    bigLoss,
  });
  const overMs = account.intervals.reduce(
    (sum, { isOverTarget, timeClass, fromMs, toMs }) =>
      isOverTarget && timeClass === 'setup' ? sum + toMs - fromMs : sum,
    0,
  );
  const loss = ([timeClass, label]: readonly [TimeClass, string], big: string | null = null): LossStep =>
    step(timeClass, label, 'loss', times[timeClass], big);
  const steps = [
    step('all-time', 'All time', 'level', allMs(times)),
    ...SCHEDULE_LOSSES.map((one) => loss(one)),
    step('planned-time', 'Planned production time', 'level', window.plannedMs),
    ...AVAILABILITY_LOSSES.map((one) => loss(one, BIG_LOSSES.unplanned)),
    step('setup', 'Set-up and change-over', 'loss', times.setup - overMs, BIG_LOSSES.planned),
    step('setup-overrun', 'Change-over beyond target', 'loss', overMs, BIG_LOSSES.planned),
    step('run-time', 'Run time', 'level', window.runMs),
  ];
  if (earnedTotal === null) return steps;
  const netMs = roundWhole(earnedTotal);
  steps.push(
    step('short-stop', 'Small stops', 'loss', times['short-stop'], BIG_LOSSES.small),
    step('slow-cycles', 'Slow cycles', 'loss', window.runMs - times['short-stop'] - netMs, BIG_LOSSES.slow),
    step('net-run-time', 'Net run time', 'level', netMs),
  );
  if (earnedGood === null) return steps;
  const goodMs = roundWhole(earnedGood);
  const startUpMs = startUpRejectMs(account, window);
  return [
    ...steps,
    step('rejects', 'Rejects', 'loss', netMs - goodMs - startUpMs, BIG_LOSSES.rejects),
    step('start-up-rejects', 'Start-up rejects', 'loss', startUpMs, BIG_LOSSES.startUp),
    step('productive-time', 'Fully productive time', 'level', goodMs),
  ];
}

/**
 * Ideal time of the rejects made in change-overs, whole milliseconds; never more than all rejects of the window cost.
 * Without a window it is not held to that.
 */
export function startUpRejectMs(
  { changeovers, productsIn }: Pick<MachineAccount, 'changeovers' | 'productsIn'>,
  window: WindowFigures | null,
): number {
  let sumMs = 0;
  for (const range of changeovers) {
    for (const { idealCycleMs, totalCount, goodCount } of productsIn(range)) {
      sumMs += (idealCycleMs ?? 0) * Math.max(0, (totalCount ?? 0) - (goodCount ?? totalCount ?? 0));
    }
  }
  const { earnedTotal, earnedGood } =
    window === null ? { earnedTotal: null, earnedGood: null } : sumProducts(window.products);
  if (earnedTotal === null || earnedGood === null) return Math.round(sumMs);
  return Math.max(0, Math.min(Math.round(sumMs), roundWhole(earnedTotal) - roundWhole(earnedGood)));
}

/** The one ideal cycle of a time in which nothing was made. */
function soleIdeal({ parts }: WindowFigures): number | null {
  const ideals = new Set(parts.map(({ idealCycleMs }) => idealCycleMs));
  const [only] = ideals;
  return ideals.size === 1 && only !== undefined && only !== null && only > 0 ? only : null;
}
