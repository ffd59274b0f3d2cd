import { changesOf } from './change-over.ts';
import { type CompleteCounts, completeCounts } from './counter-deltas.ts';
import type { CounterRole, IdealCycle, MachineEvidence, MachineRules, ProductAccount } from './machine-account.ts';
import type { PartLedger } from './part-ledger.ts';
import type { TimeRange } from './time-class.ts';
import { sortedTimes } from './time-piece.ts';

export type PartLedgers = Readonly<Record<CounterRole, PartLedger | null>>;

/** A stretch of one product, order and ideal cycle. Parts belong to that in which they were finished (D7). */
export interface ProductStretch extends TimeRange {
  readonly productId: string | null;
  readonly orderId: string | null;
  readonly idealCycleMs: number | null;
  readonly partsPerCount: number;
}

/** Divides a range where product, order or ideal cycle change. */
export function productStretches(
  evidence: Pick<MachineEvidence, 'products' | 'orders'>,
  rules: Pick<MachineRules, 'ideals' | 'partsPerCount'>,
  range: TimeRange,
): ProductStretch[] {
  const products = changesOf(evidence.products);
  const orders = changesOf(evidence.orders);
  const edges = [
    range.fromMs,
    ...[...products, ...orders].map(({ timeMs }) => timeMs),
    ...rules.ideals.flatMap(({ fromMs, toMs }) => [fromMs, toMs]),
  ];
  const starts = sortedTimes(edges.filter((timeMs) => timeMs >= range.fromMs && timeMs < range.toMs));
  const valueAt = (changes: ReturnType<typeof changesOf>, atMs: number): string | null => {
    let value: string | null = null;
    for (const change of changes) {
      if (change.timeMs > atMs) break;
      value = change.value.trim() === '' ? null : change.value;
    }
    return value;
  };
  return starts.map((fromMs, index) => {
    const productId = valueAt(products, fromMs);
    const ideal = idealAt(rules.ideals, productId, fromMs);
    return {
      fromMs,
      toMs: starts[index + 1] ?? range.toMs,
      productId,
      orderId: valueAt(orders, fromMs),
      idealCycleMs: ideal?.idealCycleMs ?? null,
      partsPerCount: ideal?.partsPerCount ?? rules.partsPerCount,
    };
  });
}

/** The ideal cycle of a product at a time: its own that began last, else the one for all products (D6, D7). */
export function idealAt(ideals: readonly IdealCycle[], productId: string | null, atMs: number): IdealCycle | undefined {
  const valid = ideals.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  return (
    valid.findLast((ideal) => ideal.productId === productId) ?? valid.findLast((ideal) => ideal.productId === null)
  );
}

/** Counts of each stretch within a range; a step of a counter that ends at the edge of two belongs to the first. */
export function accountProducts(
  stretches: readonly ProductStretch[],
  ledgers: PartLedgers,
  range: TimeRange,
): ProductAccount[] {
  const found: ProductAccount[] = [];
  for (const stretch of stretches) {
    const fromMs = Math.max(stretch.fromMs, range.fromMs);
    const toMs = Math.min(stretch.toMs, range.toMs);
    if (fromMs >= toMs) continue;
    const { productId, orderId, idealCycleMs, partsPerCount } = stretch;
    const { totalCount, goodCount, rejectCount, reworkCount } = countsOf(ledgers, { fromMs, toMs }, partsPerCount);
    const counts = { totalCount, goodCount, rejectCount, reworkCount };
    found.push({ fromMs, toMs, productId, orderId, idealCycleMs, partsPerCount, ...counts });
  }
  return found;
}

function countsOf(ledgers: PartLedgers, { fromMs, toMs }: TimeRange, partsPerCount: number): CompleteCounts {
  const count = (role: CounterRole): number | null => {
    const ledger = ledgers[role];
    return ledger === null ? null : (ledger.sumAt(toMs) - ledger.sumAt(fromMs)) * partsPerCount;
  };
  return completeCounts({
    totalCount: count('total'),
    goodCount: count('good'),
    rejectCount: count('reject'),
    reworkCount: count('rework'),
  });
}

/** Counts of all stretches up to a time. */
export function countsUpTo(
  stretches: readonly ProductStretch[],
  ledgers: PartLedgers,
  range: TimeRange,
): CompleteCounts {
  const sum = (role: CounterRole): number | null => {
    const ledger = ledgers[role];
    if (ledger === null) return null;
    let total = 0;
    for (const { fromMs, toMs, partsPerCount } of stretches) {
      const endMs = Math.min(toMs, range.toMs);
      if (fromMs >= endMs) break;
      total += (ledger.sumAt(endMs) - ledger.sumAt(fromMs)) * partsPerCount;
    }
    return total;
  };
  return completeCounts({
    totalCount: sum('total'),
    goodCount: sum('good'),
    rejectCount: sum('reject'),
    reworkCount: sum('rework'),
  });
}
