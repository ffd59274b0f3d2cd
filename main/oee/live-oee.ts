import type { OeeSnapshot } from '../../shared/domain/oee-snapshot.ts';
import { type TelemetryRow, toMachineId } from '../../shared/domain/telemetry-row.ts';
import { runningShift, type ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { SpokenWords } from '../../shared/oee/stored-shift.ts';
import type { Clock } from '../platform/clock.ts';
import { toEquipmentOee, toMachineFacts, toUnscheduledOee } from './equipment-view.ts';
import type { OeeSite } from './oee-site.ts';
import {
  type AccountedMachine,
  accountShift,
  reachMs,
  type ShiftAccounts,
  toAccountedMachines,
} from './shift-accounts.ts';
import { runningHead } from './shift-head.ts';
import { lineConfigOf, viewLine, viewMachine } from './shift-views.ts';

/** What OEE needs of the historian. */
export interface OeeReader {
  /** Rows of each metric by time, beginning with the last one (and the last good one) before `fromMs`. */
  readSamples(query: {
    readonly machineId: string;
    readonly metricNames: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  }): AsyncIterable<readonly TelemetryRow[]>;
}

export interface LiveOeeOptions extends OeeSite {
  readonly reader: OeeReader;
  readonly clock: Clock;
}

/** The running shift, as far as it is known now. */
interface LiveAccounts {
  readonly shift: ShiftInstance;
  readonly nowMs: number;
  readonly accounts: ShiftAccounts;
  readonly words: ReadonlyMap<string, SpokenWords>;
}

/**
 * OEE of the running shift to date, for each machine and the line. Everything is computed from samples
 * sorted by their own time, so the figure does not depend on the order in which rows arrive (T10): late rows
 * correct it, rows that come twice change nothing. All values are provisional while the shift runs.
 */
export interface LiveOee {
  /** Reads the running shift from the historian; rejects with the reader's error and may be called again. */
  load(): Promise<void>;
  /** Takes rows that are committed, live and historical. */
  accept(rows: readonly TelemetryRow[]): void;
  /**
   * The edge node went away or came back, by the receiver's clock (T2). While it is away the time since then
   * is unknown. When it is back, only `Connection/Online` says what it did not observe: the rest follows from
   * the rows it kept.
   */
  nodeChanged(edgeNodeId: string, isOnline: boolean, atMs: number): void;
  /** A machine was born, or its death was told: a node that is back says nothing of devices it cannot see. */
  deviceChanged(edgeNodeId: string, deviceId: string, isOnline: boolean, atMs: number): void;
  /** Since when nothing is heard of a machine, by its id in the historian; null while it is there. */
  deadSinceMs(machineId: string): number | null;
  /** What people said about the running shift. */
  setWords(words: ReadonlyMap<string, SpokenWords>): void;
  /** The running shift to date; null between shifts. */
  accounts(): LiveAccounts | null;
  snapshot(): OeeSnapshot;
}

export function createLiveOee(options: LiveOeeOptions): LiveOee {
  const { clock, shifts, timeZone, edgeNodeId, reader, calendar } = options;
  const machines = toAccountedMachines(options);
  const ledgers = new Map(machines.map(({ machineId, ledger }) => [machineId, ledger]));
  const lookbackMs = reachMs(machines);
  /** By machine id: since when nothing is heard of it. Ended by its birth, not by that of its node. */
  const deadSinceMs = new Map<string, number>();
  const die = (machineId: string, atMs: number): void => {
    if (!deadSinceMs.has(machineId)) deadSinceMs.set(machineId, atMs);
  };
  let words: ReadonlyMap<string, SpokenWords> = new Map();
  let shift: ShiftInstance | null = null;
  let idleSinceMs = clock.nowMs();

  /** The shift that runs now; when it is a new one, what only the old one needed is dropped. */
  const turnShift = (nowMs: number): ShiftInstance | null => {
    const running = shift !== null && shift.fromMs <= nowMs && nowMs < shift.toMs;
    if (running) return shift;
    if (shift !== null) idleSinceMs = shift.toMs;
    shift = runningShift(shifts, timeZone, nowMs, calendar.exceptions);
    const neededFromMs = (shift?.fromMs ?? nowMs) - lookbackMs;
    for (const ledger of ledgers.values()) ledger.forgetBefore(neededFromMs);
    return shift;
  };
  const deadSince = (machineId: string): number | null => deadSinceMs.get(machineId) ?? null;
  const accounts = (): LiveAccounts | null => {
    const nowMs = clock.nowMs();
    const running = turnShift(nowMs);
    if (running === null) return null;
    const facts = { site: options, shift: running, nowMs, words, deadSinceMs: deadSince };
    return { shift: running, nowMs, words, accounts: accountShift(machines, facts) };
  };

  return {
    async load() {
      const nowMs = clock.nowMs();
      const running = turnShift(nowMs);
      const fromMs = (running?.fromMs ?? nowMs) - lookbackMs;
      const toMs = running?.toMs ?? nowMs;
      for (const [machineId, ledger] of ledgers) {
        const pages = reader.readSamples({ machineId, metricNames: ledger.metricNames, fromMs, toMs });
        for await (const rows of pages) takeRows(ledgers, rows);
      }
    },
    accept: (rows) => takeRows(ledgers, rows),
    nodeChanged(changedId, isOnline, atMs) {
      if (changedId !== edgeNodeId || isOnline) return;
      for (const machineId of ledgers.keys()) die(machineId, atMs);
    },
    deviceChanged(changedId, deviceId, isOnline, atMs) {
      const machineId = toMachineId(options.groupId, changedId, deviceId);
      if (!ledgers.has(machineId)) return;
      if (isOnline) deadSinceMs.delete(machineId);
      else die(machineId, atMs);
    },
    deadSinceMs: deadSince,
    setWords: (said) => void (words = said),
    accounts,
    snapshot() {
      const found = accounts();
      return found === null ? unscheduled(options, clock.nowMs(), idleSinceMs) : toSnapshot(options, found);
    },
  };
}

function toSnapshot(site: OeeSite, { shift, nowMs, words, accounts }: LiveAccounts): OeeSnapshot {
  const { name, localDate, fromMs, toMs } = shift;
  const head = runningHead(shift);
  const facts = { site, takenAtMs: nowMs, reasonOf: () => null, words };
  const main = lineConfigOf(site);
  return {
    takenAtMs: nowMs,
    shift: { name, localDate, fromMs, toMs },
    line:
      accounts.line === null || main === undefined
        ? null
        : toEquipmentOee(
            viewLine(accounts.line, accounts.machines, head, facts),
            accounts.line.account,
            toMachineFacts(main),
          ),
    machines: accounts.machines.map((machine) =>
      toEquipmentOee(viewMachine(machine, head, facts), machine.account, toMachineFacts(machine.config)),
    ),
  };
}

/** Hands rows to their series, a batch per metric: late rows are sorted in once. */
function takeRows(ledgers: ReadonlyMap<string, AccountedMachine['ledger']>, rows: readonly TelemetryRow[]): void {
  const batches = new Map<string, Map<string, TelemetryRow[]>>();
  for (const row of rows) {
    if (!ledgers.has(row.machineId)) continue;
    let ofMachine = batches.get(row.machineId);
    if (ofMachine === undefined) batches.set(row.machineId, (ofMachine = new Map()));
    const batch = ofMachine.get(row.metricName);
    if (batch === undefined) ofMachine.set(row.metricName, [row]);
    else batch.push(row);
  }
  for (const [machineId, ofMachine] of batches) {
    for (const [metricName, batch] of ofMachine) ledgers.get(machineId)?.take(metricName, batch);
  }
}

function unscheduled(site: OeeSite, takenAtMs: number, sinceMs: number): OeeSnapshot {
  const main = lineConfigOf(site);
  const line = main === undefined ? null : { ...toMachineFacts(main), equipmentId: site.lineName, name: site.lineName };
  return {
    takenAtMs,
    shift: null,
    line: line === null ? null : toUnscheduledOee({ ...line, kind: 'line' }, sinceMs),
    machines: site.machines.map((machine) => toUnscheduledOee(toMachineFacts(machine), sinceMs)),
  };
}
