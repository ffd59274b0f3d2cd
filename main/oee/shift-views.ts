import type { EquipmentShift, ShiftHead } from '../../shared/domain/equipment-shift.ts';
import type { LineAccount } from '../../shared/oee/account-line.ts';
import type { MachineAccount } from '../../shared/oee/machine-account.ts';
import type { ReasonLookup } from '../../shared/oee/pareto.ts';
import { toEquipmentShift } from '../../shared/oee/shift-view.ts';
import type { SpokenWords } from '../../shared/oee/stored-shift.ts';
import { toMachineFacts } from './equipment-view.ts';
import type { OeeSite } from './oee-site.ts';
import type { KnownReason } from './oee-store.ts';
import { type AccountedMachine, type ShiftAccounts, wordsOf } from './shift-accounts.ts';

export interface ViewFacts {
  readonly site: OeeSite;
  readonly takenAtMs: number;
  readonly reasonOf: ReasonLookup;
  readonly words: ReadonlyMap<string, SpokenWords>;
}

export function viewMachine(
  machine: AccountedMachine & { readonly account: MachineAccount },
  shift: ShiftHead,
  { site, takenAtMs, reasonOf, words }: ViewFacts,
): EquipmentShift {
  const { equipmentId, name, kind, targetRatio } = toMachineFacts(machine.config);
  const { cuts } = wordsOf(words, machine.machineId);
  const head = { equipmentId, name, kind, targetRatio, timeZone: site.timeZone, takenAtMs, shift, reasonOf, cuts };
  return toEquipmentShift(machine.account, { ...head, machineId: equipmentId, basis: [] });
}

/** The line is judged by the target of its bottleneck, whose time it is. */
export function viewLine(
  line: LineAccount,
  machines: ShiftAccounts['machines'],
  shift: ShiftHead,
  { site, takenAtMs, reasonOf }: ViewFacts,
): EquipmentShift {
  const main = lineConfigOf(site);
  const last = machines.at(-1)?.config.id ?? site.lineName;
  return toEquipmentShift(line.account, {
    equipmentId: site.lineName,
    name: site.lineName,
    kind: 'line',
    timeZone: site.timeZone,
    takenAtMs,
    shift,
    targetRatio: (main?.targetOeePercent ?? 100) / 100,
    machineId: main?.id ?? last,
    reasonOf,
    cuts: [],
    basis: line.basis,
  });
}

/** The machine that stands for the line: the one marked, else the slowest, else the last. */
export function lineConfigOf({ machines }: OeeSite): OeeSite['machines'][number] | undefined {
  const marked = machines.find(({ isBottleneck }) => isBottleneck);
  const slowest = Math.max(0, ...machines.map(({ idealCycleMs }) => idealCycleMs ?? 0));
  return marked ?? machines.find(({ idealCycleMs }) => idealCycleMs === slowest) ?? machines.at(-1);
}

/** Names of reasons with their path from the root of the tree. */
export function toReasonLookup(reasons: readonly KnownReason[]): ReasonLookup {
  const byId = new Map(reasons.map((reason) => [reason.reasonId, reason]));
  return (reasonId) => {
    const found = byId.get(reasonId);
    if (found === undefined) return null;
    const path: string[] = [];
    const seen = new Set<string>();
    for (let at: KnownReason | undefined = found; at !== undefined && !seen.has(at.reasonId);) {
      path.unshift(at.name);
      seen.add(at.reasonId);
      at = at.parentReasonId === null ? undefined : byId.get(at.parentReasonId);
    }
    return { label: found.name, path };
  };
}
