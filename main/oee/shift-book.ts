import type { EquipmentShift, ShiftHead } from '../../shared/domain/equipment-shift.ts';
import type { MachineAccount } from '../../shared/oee/machine-account.ts';
import type { ShiftInstance } from '../../shared/oee/shift-calendar.ts';
import type { SpokenWords, StoredRevision, StoredShift } from '../../shared/oee/stored-shift.ts';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { loadMachines, metricNamesOf } from './evidence-loader.ts';
import type { LiveOee } from './live-oee.ts';
import { historianIdOf, lineIdOf, type OeeSite } from './oee-site.ts';
import type { ShiftReader } from './oee-store.ts';
import { accountShift, around, reachMs, type ShiftAccounts, toAccountedMachines } from './shift-accounts.ts';
import { toShiftHead } from './shift-head.ts';
import { shiftBefore, shiftFrom } from './shift-search.ts';
import { toReasonLookup, viewLine, viewMachine } from './shift-views.ts';

export interface ShiftBookParts {
  readonly site: OeeSite;
  readonly store: ShiftReader;
  readonly live: LiveOee;
  readonly clock: Clock;
}

/** A shift of a machine or of the line that was looked up. */
export interface FoundShift {
  readonly instance: ShiftInstance;
  /** Undefined while the historian does not have it. */
  readonly stored: StoredShift | undefined;
  /** The newest revision of the equipment that was asked for. */
  readonly revision: StoredRevision | undefined;
  readonly head: ShiftHead;
}

/** A shift with all that it is made of; without an account when its samples are gone. */
export interface OpenShift extends FoundShift {
  readonly view: EquipmentShift;
  readonly account: MachineAccount;
}

/** Looks shifts up: in the samples while these exist. */
export class ShiftBook {
  readonly #parts: ShiftBookParts;

  constructor(parts: ShiftBookParts) {
    this.#parts = parts;
  }

  /** Id in the historian of a machine or the line. @throws EngineError `oee/no-equipment`. */
  storedIdOf(equipmentId: string): string {
    const { site } = this.#parts;
    const machine = site.machines.find(({ id }) => id === equipmentId);
    if (machine !== undefined) return historianIdOf(site, machine);
    if (equipmentId === site.lineName) return lineIdOf(site);
    const known = [...site.machines.map(({ id }) => id), site.lineName].join(', ');
    throw new EngineError('oee/no-equipment', `There is no machine or line ${equipmentId}; there is ${known}.`);
  }

  /**
   * The shift that begins then; for null the running one, else the last one that ended; null when none was ever.
   * @throws EngineError `oee/no-shift`, `oee/no-equipment`.
   */
  async find(equipmentId: string, shiftFromMs: number | null): Promise<FoundShift | null> {
    const { site, store, clock } = this.#parts;
    const storedId = this.storedIdOf(equipmentId);
    const nowMs = clock.nowMs();
    const fromMs = shiftFromMs ?? shiftBefore(site, nowMs)?.fromMs;
    if (fromMs === undefined) return null;
    const touching = await store.readShifts(lineIdOf(site), { fromMs, toMs: fromMs + 1 });
    const stored = touching.find((shift) => shift.fromMs === fromMs);
    const instance = stored ?? shiftFrom(site, fromMs);
    if (instance === null || instance.fromMs > nowMs) {
      throw new EngineError('oee/no-shift', `No shift begins at ${new Date(fromMs).toISOString()}.`);
    }
    const [revision] = stored === undefined ? [] : await store.readRevisions([stored.shiftId], [storedId]);
    const isRunning = nowMs < instance.toMs;
    const head = toShiftHead(instance, { isRunning, settledAtMs: stored?.settledAtMs ?? null, revision });
    return { instance, stored, revision, head };
  }

  /** The found shift with its account. Null when retention has dropped its samples. */
  async open(equipmentId: string, found: FoundShift): Promise<OpenShift | null> {
    const { site, store, clock } = this.#parts;
    const machines = toAccountedMachines(site);
    const range = around(found.instance, machines);
    const words = await store.readWords(
      machines.map(({ machineId }) => machineId),
      range,
    );
    const accounts = await this.#account(equipmentId, found.instance, words);
    if (accounts === null) return null;
    const facts = { site, takenAtMs: clock.nowMs(), reasonOf: toReasonLookup(await store.readReasons()), words };
    if (equipmentId === site.lineName && !site.machines.some(({ id }) => id === equipmentId)) {
      if (accounts.line === null) throw new EngineError('oee/no-equipment', 'The line has no machines.');
      const view = viewLine(accounts.line, accounts.machines, found.head, facts);
      // The stops of a line are those of its machines: each keeps the name of its own.
      return { ...found, view, account: accounts.line.account };
    }
    const machine = accounts.machines.find(({ config }) => config.id === equipmentId);
    if (machine === undefined) throw new EngineError('oee/no-equipment', `There is no machine ${equipmentId}.`);
    return { ...found, view: viewMachine(machine, found.head, facts), account: machine.account };
  }

  async #account(
    equipmentId: string,
    shift: ShiftInstance,
    words: ReadonlyMap<string, SpokenWords>,
  ): Promise<ShiftAccounts | null> {
    const { site, store, live, clock } = this.#parts;
    const nowMs = clock.nowMs();
    if (nowMs < shift.toMs) {
      live.setWords(words);
      const running = live.accounts();
      if (running?.shift.fromMs === shift.fromMs) return running.accounts;
    }
    const all = toAccountedMachines(site);
    const firstMs = await store.readFirstSampleMs(
      all.map(({ machineId }) => machineId),
      metricNamesOf(all),
    );
    if (firstMs !== null && shift.fromMs < firstMs && shift.toMs <= firstMs) return null;
    const knownToMs = Math.min(nowMs, shift.toMs + reachMs(all));
    const isLine = !site.machines.some(({ id }) => id === equipmentId);
    const only = (machineId: string): boolean => isLine || machineId === this.storedIdOf(equipmentId);
    const range = { fromMs: shift.fromMs - reachMs(all), toMs: knownToMs };
    const machines = await loadMachines(site, store, range, only);
    return accountShift(machines, { site, shift, nowMs: knownToMs, words, deadSinceMs: (id) => live.deadSinceMs(id) });
  }
}
