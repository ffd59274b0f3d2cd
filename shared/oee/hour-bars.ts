import type { Counts, HourBar, WormPoint } from '../domain/equipment-shift.ts';
import { splitCounts } from './counts-view.ts';
import type { MachineAccount } from './machine-account.ts';
import { overlapping } from './overlapping.ts';
import { add, divide, multiply, type Rational, toRational, ZERO } from './rational.ts';
import { roundWhole } from './round-figure.ts';
import { plannedProductionMs, sumTime } from './time-account.ts';
import { TIME_CLASSES, type TimeAccount, type TimeRange } from './time-class.ts';
import { vorneKpis } from './vorne-kpis.ts';
import { windowFigures } from './window-figures.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const WORM_POINTS = 480;

/** The hours (UTC) of a range, cut at its edges: 23 or 25 of them where the clocks change, which is right (K5). */
function hoursOf({ fromMs, toMs }: TimeRange): TimeRange[] {
  const hours: TimeRange[] = [];
  for (let startMs = fromMs; startMs < toMs;) {
    const endMs = Math.min(toMs, (Math.floor(startMs / HOUR_MS) + 1) * HOUR_MS);
    hours.push({ fromMs: startMs, toMs: endMs });
    startMs = endMs;
  }
  return hours;
}

export function hourBars(account: MachineAccount, targetRatio: number): HourBar[] {
  return hoursOf(account.range).map((range) => {
    const window = windowFigures(account, range);
    const kpis = vorneKpis(window, []);
    const factor = (id: string): HourBar['oee'] => {
      const kpi = kpis.find((one) => one.id === id);
      return { value: kpi?.value ?? null, cause: kpi?.cause ?? null };
    };
    return {
      ...range,
      accountMs: usedClasses(window.account),
      counts: hourCounts(account, range),
      targetCount: targetCount(account, range, targetRatio),
      availability: factor('availability'),
      performance: factor('performance'),
      quality: factor('quality'),
      oee: factor('oee'),
    };
  });
}

export const usedClasses = (account: TimeAccount): HourBar['accountMs'] =>
  Object.fromEntries(TIME_CLASSES.filter((key) => account[key] > 0).map((key) => [key, account[key]]));

function hourCounts(account: MachineAccount, { fromMs, toMs }: TimeRange): Counts {
  const before = splitCounts(account.countsAt(fromMs));
  const after = splitCounts(account.countsAt(toMs));
  const less = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a - b);
  return {
    total: less(after.total, before.total),
    good: less(after.good, before.good),
    reject: less(after.reject, before.reject),
    rework: less(after.rework, before.rework),
  };
}

/** Good parts that the target OEE would have made in the planned time of a range; null without an ideal cycle. */
function targetCount(account: MachineAccount, range: TimeRange, targetRatio: number): number | null {
  const sum = targetParts(account, range, toRational(targetRatio));
  return sum === null ? null : roundWhole(sum);
}

function targetParts(account: MachineAccount, range: TimeRange, target: Rational): Rational | null {
  let sum = ZERO;
  for (const { idealCycleMs, fromMs, toMs } of account.productsIn(range)) {
    const plannedMs = plannedProductionMs(sumTime(overlapping(account.intervals, { fromMs, toMs })));
    if (plannedMs === 0) continue;
    if (idealCycleMs === null) return null;
    sum = add(sum, multiply(target, divide(toRational(plannedMs), toRational(idealCycleMs))));
  }
  return sum;
}

/** Good parts since the start, against the target; at most 480 points and the end. */
export function wormPoints(account: MachineAccount, targetRatio: number): WormPoint[] {
  const { fromMs, toMs } = account.range;
  const minutes = Math.max(1, Math.ceil((toMs - fromMs) / MINUTE_MS / WORM_POINTS));
  const stepMs = minutes * MINUTE_MS;
  const points: WormPoint[] = [];
  let target: Rational | null = ZERO;
  const ofTarget = toRational(targetRatio);
  for (let startMs = fromMs; startMs < toMs;) {
    const atMs = Math.min(toMs, startMs + stepMs);
    const added: Rational | null =
      target === null ? null : targetParts(account, { fromMs: startMs, toMs: atMs }, ofTarget);
    target = target === null || added === null ? null : add(target, added);
    points.push({
      atMs,
      goodCount: account.countsAt(atMs).goodCount,
      targetCount: target === null ? null : roundWhole(target),
    });
    startMs = atMs;
  }
  return points;
}
