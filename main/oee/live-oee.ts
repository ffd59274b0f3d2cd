import type { OeeSnapshot } from '../../shared/domain/oee-snapshot.ts';
import { type TelemetryRow, toMachineId } from '../../shared/domain/telemetry-row.ts';
import { runningShift, type ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { Clock } from '../platform/clock.ts';
import { toEquipmentOee, toUnscheduledOee } from './equipment-view.ts';
import { toLineFacts, toMachineFacts, toMachineTime, toUnscheduledFacts, toUnscheduledLineFacts } from './line-view.ts';
import { MachineLedger } from './machine-ledger.ts';
import type { OeeSite } from './oee-site.ts';

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
  snapshot(): OeeSnapshot;
}

export function createLiveOee(options: LiveOeeOptions): LiveOee {
  const { clock, shifts, timeZone, edgeNodeId, reader } = options;
  const ledgers = new Map<string, MachineLedger>();
  for (const machine of options.machines) {
    ledgers.set(toMachineId(options.groupId, edgeNodeId, machine.id), new MachineLedger(machine));
  }
  const lookbackMs = Math.max(0, ...[...ledgers.values()].map((ledger) => ledger.microStopMs));
  /** By machine id: since when nothing is heard of it. Ended by its birth, not by that of its node. */
  const deadSinceMs = new Map<string, number>();
  const die = (machineId: string, atMs: number): void => {
    if (!deadSinceMs.has(machineId)) deadSinceMs.set(machineId, atMs);
  };
  let shift: ShiftInstance | null = null;
  let idleSinceMs = clock.nowMs();

  /** The shift that runs now; when it is a new one, what only the old one needed is dropped. */
  const turnShift = (nowMs: number): ShiftInstance | null => {
    const running = shift !== null && shift.fromMs <= nowMs && nowMs < shift.toMs;
    if (running) return shift;
    if (shift !== null) idleSinceMs = shift.toMs;
    shift = runningShift(shifts, timeZone, nowMs);
    const neededFromMs = (shift?.fromMs ?? nowMs) - lookbackMs;
    for (const ledger of ledgers.values()) ledger.forgetBefore(neededFromMs);
    return shift;
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
    deadSinceMs: (machineId) => deadSinceMs.get(machineId) ?? null,
    snapshot() {
      const takenAtMs = clock.nowMs();
      const running = turnShift(takenAtMs);
      const all = [...ledgers.values()];
      if (running === null) return unscheduled(takenAtMs, idleSinceMs, all, options.lineName);
      const times = [...ledgers].map(([machineId, ledger]) =>
        toMachineTime(ledger, running, takenAtMs, deadSinceMs.get(machineId) ?? null),
      );
      const line = toLineFacts(times, running, takenAtMs, options.lineName);
      const { name, localDate, fromMs, toMs } = running;
      return {
        takenAtMs,
        shift: { name, localDate, fromMs, toMs },
        line: line === null ? null : toEquipmentOee(line),
        machines: times.map((time) => toEquipmentOee(toMachineFacts(time, running, takenAtMs))),
      };
    },
  };
}

/** Hands rows to their series, a batch per metric: late rows are sorted in once. */
function takeRows(ledgers: ReadonlyMap<string, MachineLedger>, rows: readonly TelemetryRow[]): void {
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

function unscheduled(
  takenAtMs: number,
  sinceMs: number,
  ledgers: readonly MachineLedger[],
  lineName: string,
): OeeSnapshot {
  const line = toUnscheduledLineFacts(ledgers, lineName);
  return {
    takenAtMs,
    shift: null,
    line: line === null ? null : toUnscheduledOee(line, sinceMs),
    machines: ledgers.map((ledger) => toUnscheduledOee(toUnscheduledFacts(ledger), sinceMs)),
  };
}
