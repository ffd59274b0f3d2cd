import { remarksOn } from './account-remarks.ts';
import { attributeStops } from './attribute-stops.ts';
import { changesOf } from './change-over.ts';
import { countParts, toLedgers } from './count-parts.ts';
import { findBottleneck } from './line-oee.ts';
import type { AccountInput, ExplainedInterval, IdealCycle, MachineAccount } from './machine-account.ts';
import { idealAt } from './product-accounts.ts';
import { toStops } from './stop-records.ts';
import { plannedProductionMs, sumTime } from './time-account.ts';
import type { TimeRange } from './time-class.ts';
import { cutPieces, joinPieces, joinRanges, sortedTimes, type TimePiece } from './time-piece.ts';

/** A machine of a serial line, in the order of the line. */
export interface LineMachine {
  readonly machineId: string;
  readonly name: string;
  readonly isBottleneck: boolean;
  /** Ids of the machines next to it; where absent the one before and after it in the line (L11). */
  readonly upstreamId?: string;
  readonly downstreamId?: string;
  readonly input: AccountInput;
  readonly account: MachineAccount;
}

export interface LineAccount {
  readonly account: MachineAccount;
  /** For the basis: whose time and whose parts the line stands on. */
  readonly basis: readonly string[];
}

/**
 * A serial line as one virtual machine (oee.md 2.6): time and ideal cycle of the bottleneck, parts of the last machine,
 * unknown while either of them is. The bottleneck is the machine that is marked, else for each product the one with the
 * longest ideal cycle. Waiting of the bottleneck is attributed to the machine that causes it (L11). Null without
 * machines; without any ideal cycle the last machine stands for the line's time.
 */
export function accountLine(machines: readonly LineMachine[]): LineAccount | null {
  const last = machines.at(-1);
  if (last === undefined) return null;
  const { range } = last.account;
  const stretches = bottleneckStretches(machines, range);
  const line = machines.map(({ name, account, upstreamId, downstreamId }, index) => ({
    name,
    intervals: account.intervals,
    upstream: neighbourIndex(machines, upstreamId, index - 1),
    downstream: neighbourIndex(machines, downstreamId, index + 1),
  }));
  const owned = stretches.flatMap(({ index, fromMs, toMs }) => cutTo(attributeStops(line, index), { fromMs, toMs }));
  const pieces = joinPieces(layGaps(owned, last.account.gaps, `${last.name} is not known`));
  const used = [...new Set(stretches.map(({ index }) => index))].map((index) => machines[index] ?? last);
  const [main] = used;
  if (main === undefined) return null;
  const gaps = joinRanges([...used, last].flatMap(({ account }) => account.gaps));
  const { evidence } = last.input;
  const rules = {
    ...main.account.rules,
    ideals: idealsOf(machines, stretches),
    partsPerCount: last.account.rules.partsPerCount,
  };
  const ledgers = toLedgers(evidence, rules, gaps, last.account);
  const ofProducts = evidence.products.length > 0 ? evidence : main.input.evidence;
  const counted = countParts({ evidence: { ...ofProducts, orders: evidence.orders }, rules, range, ledgers });
  const facts = {
    range,
    rules,
    intervals: pieces,
    account: sumTime(pieces),
    assumedMs: plannedProductionMs(sumTime(pieces.filter(({ isAssumed }) => isAssumed))),
    stops: toStops(pieces, [], rules, range.toMs < last.input.shift.toMs ? range.toMs : Number.POSITIVE_INFINITY),
    gaps,
    changeovers: main.account.changeovers,
    runMsTo: last.account.runMsTo,
    ...counted.facts,
  };
  const names = used.map(({ name }) => name).join(', ');
  return {
    account: { ...facts, remarks: remarksOn(facts, evidence, ledgers) },
    basis: [`time and ideal cycle of ${names}`, `parts of ${last.name}`],
  };
}

interface BottleneckStretch extends TimeRange {
  readonly index: number;
}

/** Who the bottleneck is, over the range: it may change with the product. */
function bottleneckStretches(machines: readonly LineMachine[], range: TimeRange): BottleneckStretch[] {
  const changes = changesOf(
    machines.find(({ input }) => input.evidence.products.length > 0)?.input.evidence.products ?? [],
  );
  const starts = [
    range.fromMs,
    ...sortedTimes(
      changes.map(({ timeMs }) => timeMs).filter((timeMs) => timeMs > range.fromMs && timeMs < range.toMs),
    ),
  ];
  return starts.map((fromMs, index) => {
    const product = changes.findLast(({ timeMs }) => timeMs <= fromMs)?.value ?? null;
    const found = findBottleneck(
      machines.map(({ isBottleneck, account }) => ({
        isBottleneck,
        idealCycleMs: idealAt(account.rules.ideals, product, fromMs)?.idealCycleMs ?? null,
      })),
    );
    return { fromMs, toMs: starts[index + 1] ?? range.toMs, index: found ?? machines.length - 1 };
  });
}

/** The ideal cycles of the bottleneck of each stretch, cut at it. */
function idealsOf(machines: readonly LineMachine[], stretches: readonly BottleneckStretch[]): IdealCycle[] {
  return stretches.flatMap(({ index, fromMs, toMs }) =>
    (machines[index]?.account.rules.ideals ?? [])
      .map(({ productId, idealCycleMs, ...valid }) => ({
        productId,
        idealCycleMs,
        fromMs: Math.max(fromMs, valid.fromMs),
        toMs: Math.min(toMs, valid.toMs),
      }))
      .filter((ideal) => ideal.fromMs < ideal.toMs),
  );
}

function neighbourIndex(machines: readonly LineMachine[], id: string | undefined, beside: number): number | null {
  const index = id === undefined ? beside : machines.findIndex(({ machineId }) => machineId === id);
  return machines[index] === undefined ? null : index;
}

const toPieces = (intervals: readonly ExplainedInterval[]): TimePiece[] =>
  intervals.map((interval) => ({ ...interval, wholeStopMs: 0, assignment: null }));

function cutTo(intervals: readonly ExplainedInterval[], { fromMs, toMs }: TimeRange): TimePiece[] {
  return cutPieces(toPieces(intervals), [fromMs, toMs]).filter((piece) => piece.fromMs >= fromMs && piece.toMs <= toMs);
}

/** Planned time of the line in which the last machine is not known: time and parts would not fit (S10). */
function layGaps(pieces: readonly TimePiece[], gaps: readonly TimeRange[], cause: string): TimePiece[] {
  const cut = cutPieces(pieces, sortedTimes(gaps.flatMap(({ fromMs, toMs }) => [fromMs, toMs])));
  let next = 0;
  for (const piece of cut) {
    while ((gaps[next]?.toMs ?? Number.POSITIVE_INFINITY) <= piece.fromMs) next += 1;
    const isInGap = (gaps[next]?.fromMs ?? Number.POSITIVE_INFINITY) <= piece.fromMs;
    if (!isInGap || plannedProductionMs(sumTime([piece])) === 0) continue;
    Object.assign(piece, { timeClass: 'unknown', cause, reasonId: null, reasonSource: 'none', isAssumed: false });
  }
  return cut;
}
