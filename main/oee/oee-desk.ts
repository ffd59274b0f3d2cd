import type {
  EquipmentShift,
  ShiftHead,
  ShiftKey,
  ShiftLine,
  ShiftListQuery,
} from '../../shared/domain/equipment-shift.ts';
import type { OeeAction, OeeActionResult, ShiftRevised } from '../../shared/domain/oee-action.ts';
import type { ExplainQuery, Explanation, SampleLine, SamplesQuery } from '../../shared/domain/oee-explanation.ts';
import type { EquipmentOee } from '../../shared/domain/oee-snapshot.ts';
import type { ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { toEquipmentOee, toUnscheduledOee } from './equipment-view.ts';
import { toPlainShift } from './interim-shift.ts';
import { toLineFacts, toMachineFacts, toMachineTime, toUnscheduledFacts } from './line-view.ts';
import type { OeeReader } from './live-oee.ts';
import { MachineLedger } from './machine-ledger.ts';
import { historianIdOf, type OeeSite } from './oee-site.ts';
import { readSampleLines } from './sample-lines.ts';
import { shiftBefore, shiftFrom, shiftsBackFrom } from './shift-search.ts';

export interface OeeDeskParts {
  readonly site: OeeSite;
  readonly reader: OeeReader;
  /** Since when nothing is heard of a machine; null while it is there. */
  readonly deadSinceMs: (machineId: string) => number | null;
  readonly clock: Clock;
}

/** No shift is listed that ended longer ago. */
const LIST_REACH_MS = 400 * 24 * 3_600_000;

/** Answers what people ask of shifts, from the samples in the historian. */
export class OeeDesk {
  readonly #parts: OeeDeskParts;
  readonly #revised = new EventSource<ShiftRevised>();

  constructor(parts: OeeDeskParts) {
    this.#parts = parts;
  }

  onRevised(listener: (revised: ShiftRevised) => void): () => void {
    return this.#revised.on(listener);
  }

  /** @throws EngineError `oee/no-equipment`, `oee/no-shift`. */
  async shift({ equipmentId, shiftFromMs }: ShiftKey): Promise<EquipmentShift> {
    const { site, clock } = this.#parts;
    const nowMs = clock.nowMs();
    this.#requireEquipment(equipmentId);
    const instance = shiftFromMs === null ? shiftBefore(site, nowMs) : shiftFrom(site, shiftFromMs);
    if (instance === null && shiftFromMs !== null) throw noShift(shiftFromMs);
    const head = instance === null ? null : toHead(instance, nowMs);
    return toPlainShift(await this.#figures(equipmentId, instance, nowMs), head, site.timeZone, nowMs);
  }

  /** @throws EngineError `oee/no-equipment`. */
  async shifts({ equipmentId, beforeMs, limit }: ShiftListQuery): Promise<ShiftLine[]> {
    const { site, clock } = this.#parts;
    const nowMs = clock.nowMs();
    this.#requireEquipment(equipmentId);
    const lines: ShiftLine[] = [];
    for (const instance of shiftsBackFrom(site, Math.min(beforeMs, nowMs + 1), nowMs - LIST_REACH_MS)) {
      if (lines.length >= limit) break;
      const { factors, coverageRatio } = await this.#figures(equipmentId, instance, nowMs);
      lines.push({
        equipmentId,
        head: toHead(instance, nowMs),
        oee: factors.oee,
        coverageRatio,
        unexplainedStopCount: 0,
      });
    }
    return lines;
  }

  explain(query: ExplainQuery): Promise<Explanation> {
    return Promise.reject(new EngineError('oee/no-figure', `there is no figure ${query.figureId} to explain`));
  }

  /** @throws EngineError `oee/no-equipment`. */
  samples(query: SamplesQuery): Promise<SampleLine[]> {
    const { site, reader } = this.#parts;
    this.#requireEquipment(query.equipmentId);
    const machines = site.machines.filter(({ id }) => query.equipmentId === id || query.equipmentId === site.lineName);
    return readSampleLines(
      reader,
      machines.map((machine) => historianIdOf(site, machine)),
      query,
    );
  }

  act(action: OeeAction): Promise<OeeActionResult> {
    return Promise.resolve({ phase: 'refused', code: 'oee/not-possible', text: `${action.kind} is not possible yet` });
  }

  #requireEquipment(equipmentId: string): void {
    const { site } = this.#parts;
    const known = [...site.machines.map(({ id }) => id), site.lineName];
    if (known.includes(equipmentId)) return;
    throw new EngineError(
      'oee/no-equipment',
      `there is no machine or line ${equipmentId}; there is ${known.join(', ')}`,
    );
  }

  async #figures(equipmentId: string, shift: ShiftInstance | null, nowMs: number): Promise<EquipmentOee> {
    const { site, reader, deadSinceMs } = this.#parts;
    const isLine = equipmentId === site.lineName;
    const wanted = isLine ? site.machines : site.machines.filter(({ id }) => id === equipmentId);
    if (shift === null) {
      const [first] = wanted.map((machine) => toUnscheduledFacts(new MachineLedger(machine)));
      if (first === undefined) throw new EngineError('oee/no-equipment', 'the line has no machines');
      return toUnscheduledOee(isLine ? { ...first, equipmentId, name: equipmentId, kind: 'line' } : first, nowMs);
    }
    const untilMs = Math.min(shift.toMs, nowMs);
    const times = [];
    for (const machine of wanted) {
      const ledger = new MachineLedger(machine);
      const machineId = historianIdOf(site, machine);
      const range = { fromMs: shift.fromMs - ledger.microStopMs, toMs: untilMs };
      for await (const rows of reader.readSamples({ machineId, metricNames: ledger.metricNames, ...range })) {
        const [first] = rows;
        if (first !== undefined) ledger.take(first.metricName, rows);
      }
      const dead = deadSinceMs(machineId);
      times.push(toMachineTime(ledger, shift, untilMs, dead !== null && dead < untilMs ? dead : null));
    }
    const [only] = times;
    const facts = isLine
      ? toLineFacts(times, shift, untilMs, site.lineName)
      : only === undefined
        ? null
        : toMachineFacts(only, shift, untilMs);
    if (facts === null) throw new EngineError('oee/no-equipment', 'the line has no machines');
    return toEquipmentOee(facts);
  }
}

const noShift = (fromMs: number): EngineError =>
  new EngineError('oee/no-shift', `no shift begins at ${new Date(fromMs).toISOString()}`);

function toHead(shift: ShiftInstance, nowMs: number): ShiftHead {
  const { name, localDate, fromMs, toMs, breaks } = shift;
  return {
    name,
    productionDay: localDate,
    fromMs,
    toMs,
    breaks: breaks.map((pause) => ({ ...pause })),
    phase: nowMs < toMs ? 'running' : 'provisional',
    revision: 1,
    revisedAtMs: null,
    revisedBecause: null,
    signature: null,
  };
}
