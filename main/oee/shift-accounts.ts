import type { MachineConfig } from '../../shared/config/equipment.ts';
import { accountLine, type LineAccount, type LineMachine } from '../../shared/oee/account-line.ts';
import { accountMachine } from '../../shared/oee/account-machine.ts';
import type { MachineAccount, MachineEvidence, MachineRules } from '../../shared/oee/machine-account.ts';
import { toMachineRules } from '../../shared/oee/machine-rules.ts';
import { plannedStretchesIn, type ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { SpokenWords } from '../../shared/oee/stored-shift.ts';
import type { TimeRange } from '../../shared/oee/time-class.ts';
import { MachineLedger } from './machine-ledger.ts';
import { historianIdOf, type OeeSite } from './oee-site.ts';

/** A machine with the rules of its account and what was heard of it. */
export interface AccountedMachine {
  readonly config: MachineConfig;
  /** In the historian. */
  readonly machineId: string;
  readonly rules: MachineRules;
  readonly ledger: MachineLedger;
}

/** Machines of a site with empty ledgers, in the order of the line. */
export const toAccountedMachines = (site: OeeSite): AccountedMachine[] =>
  site.machines.map((config) => {
    const ledger = new MachineLedger(config);
    const rules = toMachineRules(config, site);
    return { config, machineId: historianIdOf(site, config), rules, ledger };
  });

/**
 * What was heard so long before a shift and after it is needed to compute it: a stop or a change-over at its edge is
 * judged whole (L9, L5).
 */
export const reachMs = (machines: readonly AccountedMachine[]): number =>
  Math.max(
    60 * 60_000,
    ...machines.map(({ rules }) => Math.max(rules.microStopMs, rules.reasonStopMs, rules.idleAfterMs)),
  );

/** A shift with what is before and after it as far as its edges need it. */
export const around = ({ fromMs, toMs }: TimeRange, machines: readonly AccountedMachine[]): TimeRange => ({
  fromMs: fromMs - reachMs(machines),
  toMs: toMs + reachMs(machines),
});

export interface ShiftFacts {
  readonly site: OeeSite;
  readonly shift: ShiftInstance;
  /** Until then the shift is computed, and until then all is known that was heard. */
  readonly nowMs: number;
  readonly words: ReadonlyMap<string, SpokenWords>;
  /** Since when nothing is heard of a machine, by its id in the historian. */
  readonly deadSinceMs: (machineId: string) => number | null;
}

export interface ShiftAccounts {
  readonly machines: readonly (AccountedMachine & { readonly account: MachineAccount })[];
  /** Null for a line without machines. */
  readonly line: LineAccount | null;
}

const SILENCE: SpokenWords = { assignments: [], cuts: [] };

export const wordsOf = (words: ShiftFacts['words'], machineId: string): SpokenWords => words.get(machineId) ?? SILENCE;

/** The accounts of the machines, and of the line that they are, from what their ledgers hold. */
export function accountShift(machines: readonly AccountedMachine[], facts: ShiftFacts): ShiftAccounts {
  const members = machines.map((machine) => toLineMember(machine, facts));
  return {
    machines: members.map(({ machine, member }) => ({ ...machine, account: member.account })),
    line: accountLine(members.map(({ member }) => member)),
  };
}

function toLineMember(
  machine: AccountedMachine,
  { site, shift, nowMs, words, deadSinceMs }: ShiftFacts,
): { machine: AccountedMachine; member: LineMachine } {
  const { config, machineId, rules, ledger } = machine;
  const deadSince = deadSinceMs(machineId);
  const evidence: MachineEvidence = ledger.evidence(deadSince !== null && deadSince < nowMs ? deadSince : null);
  const input = {
    rules,
    evidence,
    shift,
    plannedWindows: plannedStretchesIn(site.calendar.plannedWindows, config.id, site.timeZone, shift),
    ...wordsOf(words, machineId),
    range: { fromMs: shift.fromMs, toMs: Math.min(shift.toMs, nowMs) },
    knownToMs: nowMs,
  };
  const { id, name = id, isBottleneck } = config;
  const { upstream, downstream } = config.neighbours;
  const member = {
    machineId: id,
    name,
    isBottleneck,
    ...(upstream === undefined ? {} : { upstreamId: upstream }),
    ...(downstream === undefined ? {} : { downstreamId: downstream }),
    input,
    account: accountMachine(input),
  };
  return { machine, member };
}
