import type { EquipmentShift, ShiftKey, ShiftLine, ShiftListQuery } from '../../shared/domain/equipment-shift.ts';
import type { OeeAction, OeeActionResult, ShiftRevised } from '../../shared/domain/oee-action.ts';
import type { ExplainQuery, Explanation, SampleLine, SamplesQuery } from '../../shared/domain/oee-explanation.ts';
import type { ReasonUsage } from '../../shared/domain/reason-usage.ts';
import { explainFigure } from '../../shared/oee/explain-figure.ts';
import { countReasons } from '../../shared/oee/reason-usage.ts';
import type { StoredShift } from '../../shared/oee/stored-shift.ts';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { type EquipmentFacts, toMachineFacts } from './equipment-view.ts';
import type { LiveOee, OeeReader } from './live-oee.ts';
import { actOnShift } from './oee-actions.ts';
import { historianIdOf, lineIdOf, type OeeSite } from './oee-site.ts';
import type { ShiftReader, WordStore } from './oee-store.ts';
import { readSampleLines } from './sample-lines.ts';
import { ShiftBook } from './shift-book.ts';
import { toShiftHead } from './shift-head.ts';
import { lineConfigOf } from './shift-views.ts';
import { emptyView, storedCoverage, storedFactors, viewStored } from './stored-view.ts';

export interface OeeDeskParts {
  readonly site: OeeSite;
  readonly reader: OeeReader;
  readonly store: ShiftReader & WordStore;
  readonly live: LiveOee;
  readonly clock: Clock;
  /** Told when people have said something: what depends on it is to be computed. */
  readonly wordsAdded: () => void;
  /** An error of the historian as one that people can read. */
  readonly toReadable: (error: unknown) => unknown;
}

const DAY_MS = 24 * 3_600_000;

/** Answers what people ask of shifts. Every method rejects with an EngineError `oee/…` or `historian/…`. */
export class OeeDesk {
  readonly #parts: OeeDeskParts;
  readonly #book: ShiftBook;
  readonly #revised = new EventSource<ShiftRevised>();

  constructor(parts: OeeDeskParts) {
    this.#parts = parts;
    this.#book = new ShiftBook(parts);
  }

  onRevised(listener: (revised: ShiftRevised) => void): () => void {
    return this.#revised.on(listener);
  }

  shiftRevised(revised: ShiftRevised): void {
    this.#revised.emit(revised);
  }

  /** @throws EngineError `oee/no-equipment`, `oee/no-shift`, `oee/no-samples`. */
  shift({ equipmentId, shiftFromMs }: ShiftKey): Promise<EquipmentShift> {
    return this.#readable(async () => {
      const found = await this.#book.find(equipmentId, shiftFromMs);
      const place = { timeZone: this.#parts.site.timeZone, takenAtMs: this.#parts.clock.nowMs() };
      if (found === null) return emptyView(this.#factsOf(equipmentId), place);
      const open = await this.#book.open(equipmentId, found);
      if (open !== null) return open.view;
      if (found.revision !== undefined) {
        return viewStored(this.#factsOf(equipmentId), found.head, found.revision, place);
      }
      const text = 'The samples of this shift are gone, and it was never computed.';
      throw new EngineError('oee/no-samples', text);
    });
  }

  /** From what is stored; the running shift as it is now. @throws EngineError `oee/no-equipment`. */
  shifts({ equipmentId, beforeMs, limit }: ShiftListQuery): Promise<ShiftLine[]> {
    return this.#readable(async () => {
      const { site, store, clock } = this.#parts;
      const storedId = this.#book.storedIdOf(equipmentId);
      const nowMs = clock.nowMs();
      const shifts = await store.readShiftsBefore(lineIdOf(site), Math.min(beforeMs, nowMs + 1), limit);
      const revisions = await store.readRevisions(
        shifts.map(({ shiftId }) => shiftId),
        [storedId],
      );
      const lines: ShiftLine[] = [];
      for (const shift of shifts) {
        const revision = revisions.find(({ shiftId }) => shiftId === shift.shiftId);
        lines.push(
          shift.toMs > nowMs ? await this.#runningLine(equipmentId, shift) : toLine(equipmentId, shift, revision),
        );
      }
      return lines;
    });
  }

  /** @throws EngineError `oee/no-figure`, and those of `shift`. */
  explain({ equipmentId, shiftFromMs, figureId }: ExplainQuery): Promise<Explanation> {
    return this.#readable(async () => {
      const found = await this.#book.find(equipmentId, shiftFromMs);
      const open = found === null ? null : await this.#book.open(equipmentId, found);
      if (open === null) throw new EngineError('oee/no-samples', 'There are no samples to explain this shift with.');
      const told = explainFigure(open.account, open.view, figureId);
      if (told === null) throw new EngineError('oee/no-figure', `There is no figure ${figureId} in this shift.`);
      return told;
    });
  }

  /** @throws EngineError `oee/no-equipment`. */
  samples(query: SamplesQuery): Promise<SampleLine[]> {
    return this.#readable(() => {
      const { site, reader } = this.#parts;
      const storedId = this.#book.storedIdOf(query.equipmentId);
      const all = site.machines.map((machine) => historianIdOf(site, machine));
      return readSampleLines(reader, all.includes(storedId) ? [storedId] : all, query);
    });
  }

  /** @throws EngineError `oee/no-equipment`. */
  act(action: OeeAction): Promise<OeeActionResult> {
    return this.#readable(async () => {
      const { site, store, clock, wordsAdded } = this.#parts;
      const result = await actOnShift(action, { site, store, book: this.#book, nowMs: () => clock.nowMs() });
      if (result.phase === 'done') wordsAdded();
      return result;
    });
  }

  /** By what stands now, over all machines of the line. */
  reasonUsage({ days }: { readonly days: number }): Promise<ReasonUsage[]> {
    return this.#readable(async () => {
      const { site, store, clock } = this.#parts;
      const toMs = clock.nowMs();
      const range = { fromMs: toMs - days * DAY_MS, toMs };
      const machineIds = site.machines.map((machine) => historianIdOf(site, machine));
      const words = await store.readWords(machineIds, range);
      return countReasons(
        [...words.values()].map(({ assignments }) => assignments),
        range,
      );
    });
  }

  async #readable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#parts.toReadable(error);
    }
  }

  async #runningLine(equipmentId: string, shift: StoredShift): Promise<ShiftLine> {
    const found = await this.#book.find(equipmentId, shift.fromMs);
    const open = found === null ? null : await this.#book.open(equipmentId, found);
    if (open === null) return toLine(equipmentId, shift, undefined);
    const { view, head } = open;
    const unexplainedStopCount = view.stops.filter(({ needsReason }) => needsReason).length;
    return { equipmentId, head, oee: view.factors.oee, coverageRatio: view.coverageRatio, unexplainedStopCount };
  }

  #factsOf(equipmentId: string): EquipmentFacts {
    const { site } = this.#parts;
    const machine = site.machines.find(({ id }) => id === equipmentId) ?? lineConfigOf(site);
    if (machine === undefined) throw new EngineError('oee/no-equipment', 'The line has no machines.');
    const facts = toMachineFacts(machine);
    return machine.id === equipmentId ? facts : { ...facts, equipmentId, name: equipmentId, kind: 'line' };
  }
}

function toLine(
  equipmentId: string,
  shift: StoredShift,
  revision: Parameters<typeof toShiftHead>[1]['revision'],
): ShiftLine {
  const head = toShiftHead(shift, { isRunning: false, settledAtMs: shift.settledAtMs, revision });
  if (revision === undefined) {
    const oee = { value: null, cause: 'It is not computed yet.' };
    return { equipmentId, head, oee, coverageRatio: null, unexplainedStopCount: 0 };
  }
  return {
    equipmentId,
    head,
    oee: storedFactors(revision).oee,
    coverageRatio: storedCoverage(revision),
    unexplainedStopCount: revision.unexplainedStopCount,
  };
}
