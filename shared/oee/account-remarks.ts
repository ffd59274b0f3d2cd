import type { AccountRemark, CounterRole, MachineAccount, MachineEvidence } from './machine-account.ts';
import { exactFactors, PERFORMANCE_LIMIT } from './oee-factors.ts';
import type { PartLedgers } from './product-accounts.ts';
import { toNumber } from './rational.ts';
import { plannedProductionMs, runMs } from './time-account.ts';

type Facts = Omit<MachineAccount, 'remarks'>;

/** Known share of the planned time; null for none. Assumed time is not known, whatever class it was given (T5). */
export function knownRatio({ account, assumedMs }: Pick<MachineAccount, 'account' | 'assumedMs'>): number | null {
  const wantedMs = plannedProductionMs(account) + account.unknown;
  return wantedMs === 0 ? null : (wantedMs - account.unknown - assumedMs) / wantedMs;
}

/** All that makes the figures of an account doubtful, a sentence each. */
export function remarksOn(facts: Facts, evidence: MachineEvidence, ledgers: PartLedgers): AccountRemark[] {
  const found: AccountRemark[] = [];
  const coverage = knownRatio(facts);
  if (coverage !== null && coverage < facts.rules.coverageBadgeRatio) {
    found.push({ code: 'coverage-low', text: `Only ${percent(coverage)} % of the time is known.` });
  }
  const { fault, totalCount } = facts.counts;
  if (fault !== null) found.push({ code: 'counts-contradict', text: `${capital(fault)}.` });
  const { performance } = exactFactors({
    plannedMs: plannedProductionMs(facts.account),
    runMs: runMs(facts.account),
    products: facts.products,
  });
  if (performance !== null && toNumber(performance) > PERFORMANCE_LIMIT) {
    found.push({
      code: 'performance-high',
      text: 'Performance is above 102 %: the ideal cycle is too slow, or run time or counts are wrong.',
    });
  }
  if (totalCount !== null && totalCount > 0 && facts.products.some(isWithoutIdeal)) {
    found.push({ code: 'no-ideal-cycle', text: 'Parts were made for which no ideal cycle is configured.' });
  }
  for (const role of ['total', 'good', 'reject', 'rework'] as const)
    found.push(...remarksOnCounter(role, facts, evidence, ledgers));
  return found;
}

function remarksOnCounter(
  role: CounterRole,
  { range }: Facts,
  evidence: MachineEvidence,
  ledgers: PartLedgers,
): AccountRemark[] {
  const found: AccountRemark[] = [];
  const ledger = ledgers[role];
  const series = evidence[role];
  if (ledger === null || series === null) return found;
  if (ledger.isEstimatedAt(range.fromMs) || ledger.isEstimatedAt(range.toMs)) {
    const text = `The ${role} count at an edge of the time is estimated: its counter was not heard for too long.`;
    found.push({ code: 'counts-estimated', text });
  }
  if (series.correctionCount > 0) {
    const times = series.correctionCount === 1 ? 'once' : `${series.correctionCount} times`;
    found.push({ code: 'counter-corrected', text: `The ${role} counter was corrected downwards ${times}.` });
  }
  return found;
}

const isWithoutIdeal = ({ idealCycleMs, totalCount }: MachineAccount['products'][number]): boolean =>
  idealCycleMs === null && totalCount !== null && totalCount > 0;
const percent = (ratio: number): string => String(Math.floor(ratio * 1_000) / 10);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
