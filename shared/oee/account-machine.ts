import { remarksOn } from './account-remarks.ts';
import { assignReasons } from './assign-reasons.ts';
import { findChangeOvers, layChangeOvers, markOverruns } from './change-over.ts';
import { clipRange, countParts, toLedgers } from './count-parts.ts';
import { HeldReading } from './held-reading.ts';
import { judgeTime } from './judge-time.ts';
import { layPlan, toPlan } from './lay-plan.ts';
import type { AccountInput, MachineAccount, MachineRules } from './machine-account.ts';
import { RunIndex } from './run-index.ts';
import { measureStops } from './short-stops.ts';
import { toStops } from './stop-records.ts';
import { plannedProductionMs, sumTime } from './time-account.ts';
import type { TimeRange } from './time-class.ts';
import { joinPieces } from './time-piece.ts';
import { applyUnknownPolicy } from './unknown-time.ts';

/** Whatever the limits are: time that is not known just before a range takes the first step of a counter with it. */
const LEAST_LOOKBACK_MS = 3_600_000;

/** Evidence is needed from so long before a range on: a stop at its edge is judged by its whole length (L9). */
export const lookbackMs = ({ microStopMs, reasonStopMs, idleAfterMs }: MachineRules): number =>
  Math.max(LEAST_LOOKBACK_MS, microStopMs, reasonStopMs, idleAfterMs);

/**
 * The account of a machine (oee.md section 2), from evidence sorted by its own time: the order in which it arrived does
 * not matter (T10). Pure; times are milliseconds since 1970 UTC. Evidence after the range is used to measure stops whole
 * when the range ends with the shift; a running shift ends now.
 */
export function accountMachine(input: AccountInput): MachineAccount {
  const { rules, evidence, range, shift } = input;
  const known = knownRange(input);
  let pieces = judgeTime(evidence, rules, known);
  // What is before the first evidence is not a gap in it.
  const gaps = applyUnknownPolicy(pieces, rules.unknownTime).filter(
    (gap) => gap.fromMs > known.fromMs || gap.toMs > range.fromMs,
  );
  const changeOvers = findChangeOvers(evidence, known);
  pieces = layChangeOvers(pieces, changeOvers);
  measureStops(pieces, rules.microStopMs);
  pieces = markOverruns(pieces, rules.changeoverTargetMs, changeOvers);
  const run = new RunIndex(pieces);
  const plan = toPlan(shift, input.plannedWindows, pieces, evidence);
  pieces = layPlan(pieces, plan, range, rules, orderSignal(input));
  pieces = assignReasons(pieces, input.assignments);
  const intervals = joinPieces(pieces);
  const stops = toStops(intervals, input.cuts, rules, known.toMs);

  const counted = countParts({ evidence, rules, range, ledgers: toLedgers(evidence, rules, gaps, run) });
  const facts = {
    range,
    rules,
    intervals,
    account: sumTime(intervals),
    assumedMs: plannedProductionMs(sumTime(intervals.filter(({ isAssumed }) => isAssumed))),
    stops,
    gaps,
    runMsTo: (atMs: number) => run.runMsTo(atMs),
    changeovers: changeOvers.map((one) => clipRange(one, range)).filter(({ fromMs, toMs }) => fromMs < toMs),
    ...counted.facts,
  };
  return { ...facts, remarks: remarksOn(facts, evidence, counted.ledgers) };
}

/** The range with what is before and after it as far as stops at its edges need it (L9). */
function knownRange({ range, shift, rules, evidence, knownToMs }: AccountInput): TimeRange {
  const fromMs = range.fromMs - lookbackMs(rules);
  if (range.toMs < shift.toMs) return { fromMs, toMs: range.toMs };
  const heardMs = Math.max(evidence.heardMs.at(-1) ?? range.toMs, evidence.states.at(-1)?.timeMs ?? range.toMs);
  const toMs = Math.max(range.toMs, knownToMs ?? heardMs);
  return { fromMs, toMs: Math.min(toMs, range.toMs + lookbackMs(rules)) };
}

/** Whether an order is active at a time; times are asked for in rising order. Null where nothing tells of orders. */
function orderSignal({ evidence, rules, range }: AccountInput): (atMs: number) => boolean | null {
  if (rules.metricNames.order === undefined) return () => null;
  const orders = new HeldReading(evidence.orders, range.fromMs);
  return (atMs) => {
    while (orders.changesAtMs <= atMs) orders.advance();
    return orders.value === null ? null : orders.value.trim() !== '';
  };
}
