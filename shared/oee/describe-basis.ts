import { allMs, coverageRatio, plannedProductionMs, runMs } from './time-account.ts';
import type { ClassifiedInterval, TimeAccount, TimeClass } from './time-class.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Time that is not planned production time, in the order of the subtraction. */
const DEDUCTIONS: readonly (readonly [TimeClass, string])[] = [
  ['planned', 'break'],
  ['not-scheduled', 'not scheduled'],
  ['no-order', 'no order'],
  ['unknown', 'unknown'],
];

export interface BasisFacts {
  readonly account: TimeAccount;
  readonly microStopMs: number;
  /** Known share of the planned time; where absent, that of the account. */
  readonly coverageRatio?: number | null;
  /** What else the figure stands on, such as which machines stand for the line, or a fault of the counters. */
  readonly remarks?: readonly string[];
}

/**
 * The line that every OEE figure carries, e.g. `PPT 450 min (480 − 30 break) · short stop ≤ 60 s in P ·
 * coverage 98.7 %`. Minutes have one decimal at most.
 */
export function describeBasis({ account, microStopMs, coverageRatio: known, remarks = [] }: BasisFacts): string {
  const deducted = DEDUCTIONS.filter(([timeClass]) => account[timeClass] > 0).map(
    ([timeClass, name]) => ` − ${minutes(account[timeClass])} ${name}`,
  );
  const sum = deducted.length === 0 ? '' : ` (${minutes(allMs(account))}${deducted.join('')})`;
  const coverage = known === undefined ? coverageRatio(account) : known;
  return [
    `PPT ${minutes(plannedProductionMs(account))} min${sum}`,
    `short stop ≤ ${microStopMs / SECOND_MS} s in P`,
    coverage === null ? 'nothing known' : `coverage ${oneDecimal(coverage * 100)} %`,
    ...remarks,
  ].join(' · ');
}

export interface LossFacts {
  readonly intervals: readonly ClassifiedInterval[];
  readonly account: TimeAccount;
  readonly idealCycleMs: number | null;
  readonly totalCount: number | null;
  readonly rejectCount: number | null;
}

const STOP_NAMES: Partial<Record<TimeClass, string>> = {
  failure: 'Failures',
  starved: 'Waiting for material',
  blocked: 'Waiting for the next machine',
  setup: 'Set-up',
  unassigned: 'Unassigned stops',
};

/** The loss that took most time, as a sentence with its main cause; null when nothing worth a second was lost. */
export function describeMostCostly(facts: LossFacts): string | null {
  const { account, idealCycleMs, totalCount, rejectCount } = facts;
  const losses = Object.entries(STOP_NAMES).map(([name, label]) => {
    // The keys are those of the table above.
    const timeClass = name as TimeClass;
    return {
      lostMs: account[timeClass],
      tell: () => `${label} cost ${duration(account[timeClass])}${causeOf(facts, timeClass)}.`,
    };
  });
  if (idealCycleMs !== null && totalCount !== null) {
    const slowMs = runMs(account) - idealCycleMs * totalCount;
    losses.push({ lostMs: slowMs, tell: () => `Short stops and slow cycles cost ${duration(slowMs)}.` });
  }
  if (idealCycleMs !== null && rejectCount !== null) {
    const scrapMs = idealCycleMs * rejectCount;
    losses.push({ lostMs: scrapMs, tell: () => `${parts(rejectCount)} cost ${duration(scrapMs)} of run time.` });
  }
  const worst = losses.reduce((most, loss) => (loss.lostMs > most.lostMs ? loss : most));
  return worst.lostMs < SECOND_MS ? null : worst.tell();
}

function causeOf({ intervals, account }: LossFacts, timeClass: TimeClass): string {
  const byCause = new Map<string, number>();
  for (const { cause, fromMs, toMs, timeClass: found } of intervals) {
    if (found === timeClass && cause !== null) byCause.set(cause, (byCause.get(cause) ?? 0) + toMs - fromMs);
  }
  const [first] = [...byCause].sort((a, b) => b[1] - a[1]);
  if (first === undefined) return '';
  const [cause, lostMs] = first;
  return lostMs === account[timeClass] ? `: “${cause}”` : `, ${duration(lostMs)} of it “${cause}”`;
}

const parts = (count: number): string => (count === 1 ? '1 reject' : `${count} rejects`);

/** `45 s`, `3.5 min`, `1 h 20 min`: what a person would say. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 60) return `${seconds} s`;
  const wholeMinutes = Math.round(ms / MINUTE_MS);
  if (wholeMinutes < 10) return `${minutes(ms)} min`;
  if (wholeMinutes < 60) return `${wholeMinutes} min`;
  const rest = wholeMinutes % 60;
  return `${Math.floor(wholeMinutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

const minutes = (ms: number): string => oneDecimal(ms / MINUTE_MS);
const oneDecimal = (value: number): string => String(Math.round(value * 10) / 10);
