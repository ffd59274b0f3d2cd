import type { ParetoBar } from '../domain/equipment-shift.ts';
import type { MachineAccount, StopRecord } from './machine-account.ts';
import type { TimeClass } from './time-class.ts';

/** What the reason tree says of a reason, from the root of the tree to its own name. */
interface ReasonName {
  readonly label: string;
  readonly path: readonly string[];
}
export type ReasonLookup = (reasonId: string) => ReasonName | null;

export const CLASS_LABELS: Readonly<Record<TimeClass, string>> = {
  run: 'Run',
  'short-stop': 'Small stops',
  failure: 'Failure',
  starved: 'Starved',
  blocked: 'Blocked',
  setup: 'Set-up',
  unassigned: 'Unassigned',
  planned: 'Planned stop',
  'no-order': 'No order',
  'not-scheduled': 'Not scheduled',
  unknown: 'Unknown',
};

/** Id of the one bar of stops up to the micro-stop limit, and of those that are too short to need a reason (T2). */
export const MICRO_STOPS = 'short-stop';
const MINOR_STOPS = 'no-reason-needed';

/**
 * Lost time by reason, most costly first. A stop has one owner (L6): the reason a person gave, else what the machine
 * named first; so the bars sum to the lost time without counting an instant twice. Stops that are not a loss of the
 * planned time are left out.
 */
export function toPareto(account: MachineAccount, reasonOf: ReasonLookup): ParetoBar[] {
  const bars = new Map<string, { -readonly [K in keyof ParetoBar]: ParetoBar[K] }>();
  const add = (bar: Omit<ParetoBar, 'lostMs' | 'stopCount'>, lostMs: number, stopCount: number): void => {
    const found = bars.get(bar.id);
    if (found === undefined) bars.set(bar.id, { ...bar, lostMs, stopCount });
    else {
      found.lostMs += lostMs;
      found.stopCount += stopCount;
    }
  };
  for (const stop of account.stops) {
    if (!isInPareto(stop)) continue;
    add(barOf(stop, account.rules.reasonStopMs, reasonOf), stop.toMs - stop.fromMs, 1);
  }
  let isContinued = false;
  for (const { timeClass, fromMs, toMs } of account.intervals) {
    const isShort = timeClass === 'short-stop';
    if (isShort) add(bar(MICRO_STOPS, 'Small stops', [], 'short-stop'), toMs - fromMs, isContinued ? 0 : 1);
    isContinued = isShort;
  }
  return [...bars.values()].sort((a, b) => b.lostMs - a.lostMs || a.id.localeCompare(b.id));
}

const bar = (id: string, label: string, path: readonly string[], timeClass: TimeClass) => ({
  id,
  label,
  path: [...path],
  timeClass,
});

/** The stops of a bar; small stops are none, they are too short for a record. */
export const stopsOfBar = (account: MachineAccount, barId: string): StopRecord[] =>
  account.stops.filter((stop) => isInPareto(stop) && barOf(stop, account.rules.reasonStopMs, nameless).id === barId);

const isInPareto = ({ timeClass }: StopRecord): boolean => timeClass !== 'planned' && timeClass !== 'no-order';
const nameless: ReasonLookup = () => null;

function barOf(
  stop: StopRecord,
  reasonStopMs: number,
  reasonOf: ReasonLookup,
): Omit<ParetoBar, 'lostMs' | 'stopCount'> {
  const { timeClass, reasonId, reasonSource, cause } = stop;
  if (reasonId !== null) {
    const name = reasonOf(reasonId);
    return bar(`reason:${reasonId}`, name?.label ?? reasonId, name?.path ?? [], timeClass);
  }
  if (reasonSource !== 'none' && cause !== null) return bar(`cause:${timeClass}:${cause}`, cause, [], timeClass);
  if (stop.toMs - stop.fromMs <= reasonStopMs) return bar(MINOR_STOPS, 'Stops that need no reason', [], 'unassigned');
  if (cause === null) return bar(`class:${timeClass}`, CLASS_LABELS[timeClass], [], timeClass);
  return bar(`cause:${timeClass}:${cause}`, `${CLASS_LABELS[timeClass]}: ${cause}`, [], timeClass);
}
