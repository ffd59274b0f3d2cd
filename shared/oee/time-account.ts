import { type ClassifiedInterval, TIME_CLASSES, type TimeAccount, type TimeClass } from './time-class.ts';

/** Classes of the planned production time (Vorne): schedule losses and what is not known are not in it (T5). */
const PLANNED_PRODUCTION: readonly TimeClass[] = [
  'run',
  'short-stop',
  'failure',
  'starved',
  'blocked',
  'setup',
  'unassigned',
];

export const isPlannedProduction = (timeClass: TimeClass): boolean => PLANNED_PRODUCTION.includes(timeClass);
export const isRunTime = (timeClass: TimeClass): boolean => timeClass === 'run' || timeClass === 'short-stop';

/** Sums intervals by class, milliseconds; intervals without overlap give the wall clock of their range exactly. */
export function sumTime(intervals: readonly ClassifiedInterval[]): TimeAccount {
  const account = emptyAccount();
  for (const { timeClass, fromMs, toMs } of intervals) account[timeClass] += toMs - fromMs;
  return account;
}

export function emptyAccount(): Record<TimeClass, number> {
  const account: Partial<Record<TimeClass, number>> = {};
  for (const timeClass of TIME_CLASSES) account[timeClass] = 0;
  // The loop has just given it every class.
  return account as Record<TimeClass, number>;
}

/** All time of the account: the wall clock. */
export const allMs = (account: TimeAccount): number =>
  TIME_CLASSES.reduce((total, timeClass) => total + account[timeClass], 0);

/** Planned production time (PPT), the base of OEE. */
export const plannedProductionMs = (account: TimeAccount): number =>
  PLANNED_PRODUCTION.reduce((total, timeClass) => total + account[timeClass], 0);

/** Run time of the Vorne view: short stops are in it, they are performance loss. */
export const runMs = (account: TimeAccount): number => account.run + account['short-stop'];

/** Known share of the time that should be known: planned production time and unknown time; null for none. */
export function coverageRatio(account: TimeAccount): number | null {
  const knownMs = plannedProductionMs(account);
  const wantedMs = knownMs + account.unknown;
  return wantedMs === 0 ? null : knownMs / wantedMs;
}
