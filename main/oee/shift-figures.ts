import {
  type MachineAccount,
  type ProductAccount,
  RULESET,
  type StopRecord,
} from '../../shared/oee/machine-account.ts';
import { add, multiply, type Rational, toRational, ZERO } from '../../shared/oee/rational.ts';
import type { ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type {
  AccountRow,
  ComputedShift,
  DowntimeEvent,
  ShiftFigures,
  StoredCounts,
} from '../../shared/oee/stored-shift.ts';
import { plannedProductionMs, runMs, sumTime } from '../../shared/oee/time-account.ts';
import {
  type ClassifiedInterval,
  TIME_CLASSES,
  type TimeAccount,
  type TimeClass,
  type TimeRange,
} from '../../shared/oee/time-class.ts';
import type { ShiftAccounts } from './shift-accounts.ts';

const HOUR_MS = 3_600_000;

/** Stops that SQL is to see as a fault or as downtime; what is planned, not known or short is none. */
const EVENT_TYPES: Partial<Record<TimeClass, DowntimeEvent['eventType']>> = {
  failure: 'fault',
  starved: 'downtime',
  blocked: 'downtime',
  unassigned: 'downtime',
};

/** What is kept of a shift: numerators and denominators by hour, stops, and the figures of the whole. */
export function toComputedShift(
  shiftId: number,
  shift: ShiftInstance,
  { machines, line }: ShiftAccounts,
  lineId: string,
): ComputedShift {
  return {
    shiftId,
    machineIds: machines.map(({ machineId }) => machineId),
    range: { fromMs: shift.fromMs, toMs: shift.toMs },
    accounts: machines.flatMap(({ machineId, account }) => toAccountRows(machineId, account)),
    events: machines.flatMap(({ machineId, account }) => toEvents(machineId, account.stops)),
    figures: [
      ...machines.map(({ machineId, account }) => toFigures(machineId, account)),
      ...(line === null ? [] : [toFigures(lineId, line.account)]),
    ],
  };
}

/** Hours in UTC, cut where the product or its order changes; rows of one product in one hour are one row. */
function toAccountRows(machineId: string, account: MachineAccount): AccountRow[] {
  const rows: AccountRow[] = [];
  for (const hour of hoursOf(account.range)) {
    const byProduct = new Map<string, ProductAccount[]>();
    for (const part of account.productsIn(hour)) {
      const key = part.productId ?? '';
      byProduct.set(key, [...(byProduct.get(key) ?? []), part]);
    }
    if (byProduct.size === 0) byProduct.set('', []);
    const intervals = cutTo(account.intervals, hour);
    for (const [productId, parts] of byProduct) {
      const times = byProduct.size === 1 ? intervals : parts.flatMap((part) => cutTo(intervals, part));
      rows.push({
        machineId,
        hourMs: Math.floor(hour.fromMs / HOUR_MS) * HOUR_MS,
        productId,
        accountMs: sumTime(times),
        ruleset: RULESET,
        ...sumCounts(parts),
      });
    }
  }
  return rows;
}

function hoursOf({ fromMs, toMs }: TimeRange): TimeRange[] {
  const hours: TimeRange[] = [];
  for (let startMs = fromMs; startMs < toMs;) {
    const endMs = Math.min(toMs, (Math.floor(startMs / HOUR_MS) + 1) * HOUR_MS);
    hours.push({ fromMs: startMs, toMs: endMs });
    startMs = endMs;
  }
  return hours;
}

function cutTo<T extends ClassifiedInterval>(intervals: readonly T[], { fromMs, toMs }: TimeRange): T[] {
  const found: T[] = [];
  for (const interval of intervals) {
    if (interval.fromMs >= toMs) break;
    if (interval.toMs <= fromMs) continue;
    found.push({ ...interval, fromMs: Math.max(fromMs, interval.fromMs), toMs: Math.min(toMs, interval.toMs) });
  }
  return found;
}

function toFigures(equipmentId: string, { account, products, counts, stops }: MachineAccount): ShiftFigures {
  const { totalCount, goodCount, rejectCount, reworkCount } = counts;
  return {
    equipmentId,
    plannedMs: plannedProductionMs(account),
    runMs: runMs(account),
    unknownMs: account.unknown,
    ...sumCounts(products),
    totalCount,
    goodCount,
    rejectCount,
    reworkCount,
    accountMs: usedClasses(account),
    unexplainedStopCount: stops.filter(({ needsReason }) => needsReason).length,
    ruleset: RULESET,
  };
}

const usedClasses = (account: TimeAccount): ShiftFigures['accountMs'] =>
  Object.fromEntries(TIME_CLASSES.filter((key) => account[key] > 0).map((key) => [key, account[key]]));

/** Sums over products; null as soon as one of them is not known. */
function sumCounts(parts: readonly ProductAccount[]): StoredCounts {
  const sum = (valueOf: (part: ProductAccount) => number | null): number | null =>
    parts.reduce<number | null>((total, part) => {
      const value = valueOf(part);
      return total === null || value === null ? null : total + value;
    }, 0);
  return {
    earnedTotalMs: earned(parts, ({ totalCount }) => totalCount),
    earnedGoodMs: earned(parts, ({ goodCount }) => goodCount),
    totalCount: sum(({ totalCount }) => totalCount),
    goodCount: sum(({ goodCount }) => goodCount),
    rejectCount: sum(({ rejectCount }) => rejectCount),
    reworkCount: sum(({ reworkCount }) => reworkCount),
  };
}

/** Ideal time of parts, as an exact decimal where it is one (ideal cycles and counts are decimals). */
function earned(parts: readonly ProductAccount[], countOf: (part: ProductAccount) => number | null): string | null {
  let sum = ZERO;
  for (const part of parts) {
    const count = countOf(part);
    if (count === 0) continue;
    if (count === null || part.idealCycleMs === null) return null;
    sum = add(sum, multiply(toRational(part.idealCycleMs), toRational(count)));
  }
  return toDecimal(sum);
}

const DECIMALS = 12;

function toDecimal({ numerator, denominator }: Rational): string {
  if (denominator === 1n) return String(numerator);
  const scaled = (numerator * 10n ** BigInt(DECIMALS)) / denominator;
  const sign = scaled < 0n ? '-' : '';
  const digits = String(scaled < 0n ? -scaled : scaled).padStart(DECIMALS + 1, '0');
  return `${sign}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`.replace(/\.?0+$/, '');
}

const toEvents = (machineId: string, stops: readonly StopRecord[]): DowntimeEvent[] =>
  stops.flatMap((stop) => {
    const eventType = EVENT_TYPES[stop.timeClass];
    if (eventType === undefined) return [];
    const { fromMs, toMs, isOpen, timeClass, cause, reasonId, reasonSource, needsReason, assignment } = stop;
    const payload = { timeClass, cause, reasonId, reasonSource, needsReason, assignedBy: assignment?.by ?? null };
    return [{ machineId, eventType, fromMs, toMs: isOpen ? null : toMs, payload }];
  });
