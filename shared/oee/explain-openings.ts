import { countTerm, earnedTerm, startUpTerm, stopTerm, type TermWithSum, timeTerm } from './explain-terms.ts';
import type { CounterRole, MachineAccount, StopRecord } from './machine-account.ts';
import { overlapping } from './overlapping.ts';
import { MICRO_STOPS, stopsOfBar } from './pareto.ts';
import { divide, multiply, toNumber, toRational } from './rational.ts';
import { isPlannedProduction, isRunTime } from './time-account.ts';
import { TIME_CLASSES, type TimeClass, type TimeRange } from './time-class.ts';

/** How the terms of a figure make it: a quotient, one term, or the first less the others. */
export interface Opened {
  readonly terms: readonly TermWithSum[];
  readonly how: 'quotient' | 'sum' | 'difference';
}

const COUNTER_ROLES: readonly CounterRole[] = ['total', 'good', 'reject', 'rework'];
export const isCounterRole = (text: string): text is CounterRole => (COUNTER_ROLES as readonly string[]).includes(text);
export const isTimeClass = (text: string): text is TimeClass => (TIME_CLASSES as readonly string[]).includes(text);

/** The terms of a figure by its id; null when there is no such figure. */
export function openFigure(account: MachineAccount, figureId: string): Opened | null {
  const [kind = '', rest = ''] = figureId.split(/:(.*)/s);
  if (kind === 'class' && isTimeClass(rest))
    return sumOf(timeTerm(account, account.range, 'part', rest, (key) => key === rest));
  if (kind === 'count' && isCounterRole(rest)) return sumOf(countTerm(account, rest));
  if (kind === 'hour') return openHour(account, rest);
  if (kind === 'pareto') return openBar(account, rest);
  return openRatio(account, figureId) ?? openStops(account, figureId) ?? openStep(account, figureId);
}

const sumOf = (term: TermWithSum): Opened => ({ terms: [term], how: 'sum' });
const quotientOf = (numerator: TermWithSum, denominator: TermWithSum): Opened => ({
  terms: [numerator, denominator],
  how: 'quotient',
});

/** What a bar of the Pareto stands for: its own stops, not all of their class. */
function openBar(account: MachineAccount, barId: string): Opened {
  if (barId === MICRO_STOPS)
    return sumOf(timeTerm(account, account.range, 'part', 'Small stops', (key) => key === 'short-stop'));
  return sumOf(stopTerm(account, stopsOfBar(account, barId), 'ms', 'part', 'Time of its stops'));
}

function openHour(account: MachineAccount, hour: string): Opened {
  const [start = '', factor = 'oee'] = hour.split(':');
  const fromMs = Number(start);
  const toMs = Math.min(account.range.toMs, (Math.floor(fromMs / 3_600_000) + 1) * 3_600_000);
  const range = { fromMs, toMs };
  const isIdle = !overlapping(account.intervals, range).some(({ timeClass }) => isRunTime(timeClass));
  const ran = (role: 'numerator' | 'denominator'): TermWithSum => timeTerm(account, range, role, 'Run time', isRunTime);
  switch (factor) {
    case 'availability':
      return quotientOf(ran('numerator'), plannedTerm(account, range));
    case 'performance':
      return quotientOf(earnedTerm(account, range, 'total', 'numerator', { isIdle }), ran('denominator'));
    case 'quality':
      return quotientOf(
        earnedTerm(account, range, 'good', 'numerator', { orCounts: true }),
        earnedTerm(account, range, 'total', 'denominator', { orCounts: true }),
      );
    default:
      return quotientOf(earnedTerm(account, range, 'good', 'numerator', { isIdle }), plannedTerm(account, range));
  }
}

const plannedTerm = (account: MachineAccount, range: TimeRange): TermWithSum =>
  timeTerm(account, range, 'denominator', 'Planned production time', isPlannedProduction);

const ISO_APT = (key: TimeClass): boolean => key === 'run';
const ISO_AUPT = (key: TimeClass): boolean => key === 'run' || key === 'setup';
const ISO_AUBT = (key: TimeClass): boolean => isPlannedProduction(key);
const ISO_PBT = (key: TimeClass): boolean => isPlannedProduction(key) || key === 'no-order';
const ISO_DELAYED = (key: TimeClass): boolean => isPlannedProduction(key) && key !== 'setup';

type InClass = (key: TimeClass) => boolean;
/** Quotients of two times, by figure: name and classes of the numerator, then of the denominator. */
const TIME_QUOTIENTS: Readonly<Record<string, readonly [string, InClass, string, InClass]>> = {
  availability: ['Run time', isRunTime, 'Planned production time', isPlannedProduction],
  utilisation: ['Planned production time', isPlannedProduction, 'All time', () => true],
  'iso-availability': ['APT', ISO_APT, 'PBT', ISO_PBT],
  'iso-allocation': ['AUBT', ISO_AUBT, 'PBT', ISO_PBT],
  'iso-utilization': ['APT', ISO_APT, 'AUBT', ISO_AUBT],
  'iso-technical': ['APT', ISO_APT, 'APT + ADET', ISO_DELAYED],
  'iso-setup-rate': ['AUST', (key) => key === 'setup', 'AUPT', ISO_AUPT],
};

/** Quotients of earned time (ideal cycle × parts) and a time. */
const EARNED_QUOTIENTS: Readonly<Record<string, readonly ['total' | 'good', string, InClass]>> = {
  performance: ['total', 'Run time', isRunTime],
  oee: ['good', 'Planned production time', isPlannedProduction],
  teep: ['good', 'All time', () => true],
  ooe: ['good', 'Shift time', (key) => key !== 'not-scheduled'],
  'iso-effectiveness': ['total', 'APT', ISO_APT],
  // A × E × Q shortened: APT and PRI × PQ stand in it above and below.
  'iso-oee': ['good', 'PBT', ISO_PBT],
};

/** D2: without run nothing is productive; run of the ISO view has no minor stoppages. */
function isIdleIn({ account }: MachineAccount, figureId: string): boolean {
  return figureId.startsWith('iso-') ? account.run === 0 : account.run + account['short-stop'] === 0;
}

function openRatio(account: MachineAccount, figureId: string): Opened | null {
  const { range } = account;
  const times = Object.hasOwn(TIME_QUOTIENTS, figureId) ? TIME_QUOTIENTS[figureId] : undefined;
  if (times !== undefined) {
    const [above, isAbove, below, isBelow] = times;
    return quotientOf(
      timeTerm(account, range, 'numerator', above, isAbove),
      timeTerm(account, range, 'denominator', below, isBelow),
    );
  }
  const earned = Object.hasOwn(EARNED_QUOTIENTS, figureId) ? EARNED_QUOTIENTS[figureId] : undefined;
  if (earned !== undefined) {
    const [which, below, isBelow] = earned;
    return quotientOf(
      earnedTerm(account, range, which, 'numerator', { isIdle: isIdleIn(account, figureId) }),
      timeTerm(account, range, 'denominator', below, isBelow),
    );
  }
  switch (figureId) {
    case 'quality':
    case 'iso-quality':
      return quotientOf(
        earnedTerm(account, range, 'good', 'numerator', { orCounts: true }),
        earnedTerm(account, range, 'total', 'denominator', { orCounts: true }),
      );
    case 'iso-fpy':
      return quotientOf(countTerm(account, 'good', 'numerator'), countTerm(account, 'total', 'denominator'));
    case 'speed-loss':
      return {
        terms: [timeTerm(account, range, 'part', 'Run time', isRunTime), earnedTerm(account, range, 'total', 'part')],
        how: 'difference',
      };
    case 'iso-nee':
      return openNee(account);
    default:
      return null;
  }
}

/** AUPT × earned good / (PBT × APT): the product of three fractions on one line. */
function openNee(account: MachineAccount): Opened {
  const { range } = account;
  const good = earnedTerm(account, range, 'good', 'numerator', { isIdle: isIdleIn(account, 'iso-nee') });
  const base = timeTerm(account, range, 'denominator', 'PBT', ISO_PBT);
  const { run, setup } = account.account;
  const share = run === 0 ? toRational(0) : divide(toRational(run + setup), toRational(run));
  const exact = good.exact === null ? null : multiply(good.exact, share);
  const formula = `${good.term.formula} × AUPT ${run + setup} ms / APT ${run} ms`;
  const value = exact === null ? 0 : toNumber(exact);
  return quotientOf({ exact, term: { ...good.term, formula, value } }, base);
}

function openStops(account: MachineAccount, figureId: string): Opened | null {
  const isFailure = ({ timeClass }: StopRecord): boolean => timeClass === 'failure';
  const isLoss = ({ timeClass }: StopRecord): boolean => timeClass !== 'planned' && timeClass !== 'no-order';
  const failures = account.stops.filter(isFailure);
  const losses = account.stops.filter(isLoss);
  switch (figureId) {
    case 'mtbf':
      return quotientOf(
        timeTerm(account, account.range, 'numerator', 'Run time', isRunTime),
        stopTerm(account, failures, 'count', 'denominator', 'Failures'),
      );
    case 'mttr':
      return quotientOf(
        stopTerm(account, failures, 'ms', 'numerator', 'Time of failures'),
        stopTerm(account, failures, 'count', 'denominator', 'Failures'),
      );
    case 'mean-stop':
      return quotientOf(
        stopTerm(account, losses, 'ms', 'numerator', 'Time of stops'),
        stopTerm(account, losses, 'count', 'denominator', 'Stops'),
      );
    case 'failures':
      return sumOf(stopTerm(account, failures, 'count', 'part', 'Failures'));
    case 'stops':
      return sumOf(stopTerm(account, losses, 'count', 'part', 'Stops'));
    default:
      return null;
  }
}

/** Steps of the ladder: a class, a level, or the difference of two levels. */
function openStep(account: MachineAccount, figureId: string): Opened | null {
  const { range } = account;
  const time = (label: string, isIn: InClass, isOver?: boolean): TermWithSum =>
    timeTerm(account, range, 'part', label, isIn, isOver);
  const earned = (which: 'total' | 'good'): TermWithSum =>
    earnedTerm(account, range, which, 'part', { isRounded: true });
  switch (figureId) {
    case 'all-time':
      return sumOf(time('All time', () => true));
    case 'planned-time':
      return sumOf(time('Planned production time', isPlannedProduction));
    case 'run-time':
      return sumOf(time('Run time', isRunTime));
    case 'setup':
      return sumOf(time('Set-up within its target', (key) => key === 'setup', false));
    case 'setup-overrun':
      return sumOf(time('Set-up beyond its target', (key) => key === 'setup', true));
    case 'net-run-time':
      return sumOf(earned('total'));
    case 'productive-time':
      return sumOf(earned('good'));
    case 'slow-cycles':
      return {
        terms: [time('Run time without small stops', (key) => key === 'run'), earned('total')],
        how: 'difference',
      };
    case 'rejects':
      return { terms: [earned('total'), earned('good'), startUpTerm(account)], how: 'difference' };
    case 'start-up-rejects':
      return sumOf(startUpTerm(account));
    default:
      return isTimeClass(figureId) ? sumOf(time(figureId, (key) => key === figureId)) : null;
  }
}
