import { createHash } from 'node:crypto';
import type { ShiftRevised } from '../../shared/domain/oee-action.ts';
import { RULESET } from '../../shared/oee/machine-account.ts';
import type { ComputedShift, MadeRevision, ShiftTask, StoredShift } from '../../shared/oee/stored-shift.ts';
import type { TimeRange } from '../../shared/oee/time-class.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';
import { loadInTurn, metricNamesOf } from './evidence-loader.ts';
import type { LiveOee } from './live-oee.ts';
import { historianIdOf, lineIdOf, type OeeSite } from './oee-site.ts';
import type { ShiftStore } from './oee-store.ts';
import { type AccountedMachine, accountShift, around, reachMs, toAccountedMachines } from './shift-accounts.ts';
import { toComputedShift } from './shift-figures.ts';
import { plannedShifts } from './shift-search.ts';

export interface ShiftKeeperParts {
  readonly site: OeeSite;
  readonly store: ShiftStore;
  readonly live: LiveOee;
  readonly clock: Clock;
  readonly log: Log;
}

const PERIOD_MS = 10_000;
/** Nobody waits longer for a node that is away. */
const SETTLE_LIMIT_MS = 7 * 24 * 3_600_000;
/** Shifts are in the historian before they begin. */
const AHEAD_MS = 24 * 3_600_000;
const CALENDAR_PERIOD_MS = 20_000;
const ACCOUNT_PERIOD_MS = 60_000;
const BATCH_SHIFTS = 100;

/**
 * Keeps shifts in the historian as the samples say they are: the running one as it goes, one that has ended once its
 * late data are in, and every one anew whose samples, reasons, calendar or rules change. What is to be done stands in
 * the historian, each shift is one transaction, and doing it again changes nothing: a crash at any moment costs time.
 */
export class ShiftKeeper {
  readonly #parts: ShiftKeeperParts;
  readonly #lineId: string;
  readonly #machines: readonly AccountedMachine[];
  readonly #revised = new EventSource<ShiftRevised>();
  #stopTimer = (): void => {};
  #isRunning = false;
  #isStopped = false;
  #knownFromMs: number | null = null;
  #calendarAtMs = Number.NEGATIVE_INFINITY;
  #running: { shift: StoredShift; print: string; atMs: number } | null = null;
  readonly #closed = new Set<number>();
  #lastTold = '';

  constructor(parts: ShiftKeeperParts) {
    this.#parts = parts;
    this.#lineId = lineIdOf(parts.site);
    this.#machines = toAccountedMachines(parts.site);
  }

  onRevised(listener: (revised: ShiftRevised) => void): () => void {
    return this.#revised.on(listener);
  }

  /** To be called when the schema is up to date. */
  start(): void {
    this.#stopTimer();
    this.#isStopped = false;
    this.#stopTimer = this.#parts.clock.every(PERIOD_MS, () => void this.wake());
    void this.wake();
  }

  /** A shift that is being written is finished or rolled back with its connection. */
  stop(): void {
    this.#isStopped = true;
    this.#stopTimer();
  }

  /** One round at once; never two at a time. A failure is told once and the next round tries again. */
  async wake(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.runOnce();
      this.#lastTold = '';
    } catch (error) {
      const text = `shifts could not be kept, the next round tries again: ${describeError(error)}`;
      if (text !== this.#lastTold && !this.#isStopped) this.#parts.log.warn(text);
      this.#lastTold = text;
    } finally {
      this.#isRunning = false;
    }
  }

  /** Rejects with the driver's error; what is done stays done. */
  async runOnce(): Promise<void> {
    const { site, store, clock, live } = this.#parts;
    const settleMs = site.oee.settleMinutes * 60_000;
    const nowMs = clock.nowMs();
    await this.#keepCalendar(nowMs);
    await this.#follow(nowMs);
    await this.#keepRunning(nowMs);
    const fresh = await store.readShifts(this.#lineId, { fromMs: nowMs - settleMs, toMs: nowMs });
    const ended = fresh.filter(
      ({ toMs, settledAtMs, shiftId }) => toMs <= nowMs && settledAtMs === null && !this.#closed.has(shiftId),
    );
    await this.#compute(
      ended.map((shift) => ({ shift, changeCount: -1, because: null })),
      nowMs,
      false,
    );
    for (const { shiftId } of ended) this.#closed.add(shiftId);
    for (;;) {
      const tasks = await store.readTasks(this.#lineId, nowMs - settleMs, BATCH_SHIFTS);
      const due = tasks.filter(({ shift }) => !this.#isAwaited(shift, live, nowMs));
      await this.#compute(due, nowMs, true);
      if (due.length < BATCH_SHIFTS || this.#isStopped) return;
    }
  }

  /** A node that is away may still have data of a shift in which it was there. */
  #isAwaited({ toMs, settledAtMs }: StoredShift, live: LiveOee, nowMs: number): boolean {
    if (settledAtMs !== null || nowMs - toMs > SETTLE_LIMIT_MS) return false;
    return this.#machines.some(({ machineId }) => live.deadSinceMs(machineId) !== null);
  }

  async #keepCalendar(nowMs: number): Promise<void> {
    const { site, store } = this.#parts;
    if (nowMs - this.#calendarAtMs < CALENDAR_PERIOD_MS) return;
    if (this.#knownFromMs === null) {
      await store.keepLine({
        lineId: this.#lineId,
        name: site.lineName,
        timeZone: site.timeZone,
        machines: site.machines.map((machine) => ({
          machineId: historianIdOf(site, machine),
          name: machine.name ?? machine.id,
          isBottleneck: machine.isBottleneck,
        })),
      });
    }
    // A backlog may bring samples from before everything that was known.
    const machineIds = this.#machines.map(({ machineId }) => machineId);
    const firstMs = await store.readFirstSampleMs(machineIds, metricNamesOf(this.#machines));
    const knownFromMs = Math.min(firstMs ?? nowMs, this.#knownFromMs ?? nowMs);
    const isEarlier = this.#knownFromMs === null || knownFromMs < this.#knownFromMs;
    this.#knownFromMs = knownFromMs;
    const range = { fromMs: isEarlier ? knownFromMs : nowMs, toMs: nowMs + AHEAD_MS };
    // A shift that began before is whole: else a stored one would seem to be too much.
    const planned = plannedShifts(site, range);
    const whole = { fromMs: Math.min(range.fromMs, planned[0]?.fromMs ?? range.fromMs), toMs: range.toMs };
    await store.keepShifts(this.#lineId, whole, plannedShifts(site, whole), 'the calendar was changed');
    this.#calendarAtMs = nowMs;
  }

  async #follow(nowMs: number): Promise<void> {
    const { store } = this.#parts;
    await store.followRevised({
      lineId: this.#lineId,
      machineIds: this.#machines.map(({ machineId }) => machineId),
      metricNames: metricNamesOf(this.#machines),
      reachMs: reachMs(this.#machines),
      nowMs,
    });
    const range = { fromMs: this.#knownFromMs ?? nowMs, toMs: nowMs };
    await store.followRules(this.#lineId, this.#rulesPrint(), range);
  }

  /** Changes with every rule by which the machines are computed. */
  #rulesPrint(): string {
    // An ideal cycle that always holds begins at no time that JSON can say.
    const toText = (_key: string, value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
    const rules = this.#machines.map(({ machineId, config, rules: one }) => [
      machineId,
      config.neighbours,
      config.isBottleneck,
      config.tags.filter(({ role }) => role !== 'value'),
      one,
    ]);
    const text = JSON.stringify([RULESET, this.#parts.site.calendar.plannedWindows, rules], toText);
    return createHash('sha256').update(text).digest('hex');
  }

  /** The running shift: its stops as they come, its accounts once a minute. */
  async #keepRunning(nowMs: number): Promise<void> {
    const { store, live } = this.#parts;
    const [shift] = await store.readShifts(this.#lineId, { fromMs: nowMs, toMs: nowMs + 1 });
    if (shift === undefined) return;
    live.setWords(
      await store.readWords(
        this.#machines.map(({ machineId }) => machineId),
        around(shift, this.#machines),
      ),
    );
    const found = live.accounts();
    if (found === null || found.shift.fromMs !== shift.fromMs) return;
    const computed = toComputedShift(shift.shiftId, shift, found.accounts, this.#lineId);
    const print = JSON.stringify(computed.events);
    const before = this.#running;
    const isSame = before?.shift.shiftId === shift.shiftId && before.print === print;
    if (isSame && nowMs - before.atMs < ACCOUNT_PERIOD_MS) return;
    await store.commitShift({ computed, changeCount: null, because: null, settledAtMs: null });
    this.#running = { shift, print, atMs: nowMs };
  }

  async #compute(tasks: readonly ShiftTask[], nowMs: number, isSettling: boolean): Promise<void> {
    const { site, store } = this.#parts;
    const wanted = tasks.map((item) => ({ item, range: cutAtNow(around(item.shift, this.#machines), nowMs) }));
    for await (const { item, machines } of loadInTurn(site, store, wanted)) {
      if (this.#isStopped) return;
      const computed = await this.#account(item.shift, machines, nowMs);
      const made = await store.commitShift({
        computed,
        changeCount: isSettling ? item.changeCount : null,
        because: item.because,
        settledAtMs: isSettling ? nowMs : null,
      });
      this.#tell(item, made);
    }
  }

  async #account(shift: StoredShift, machines: readonly AccountedMachine[], nowMs: number): Promise<ComputedShift> {
    const { site, store, live } = this.#parts;
    const words = await store.readWords(
      machines.map(({ machineId }) => machineId),
      around(shift, machines),
    );
    const knownToMs = Math.min(nowMs, shift.toMs + reachMs(machines));
    const deadSinceMs = (machineId: string): number | null => live.deadSinceMs(machineId);
    const accounts = accountShift(machines, { site, shift, nowMs: knownToMs, words, deadSinceMs });
    return toComputedShift(shift.shiftId, shift, accounts, this.#lineId);
  }

  #tell({ shift, because }: ShiftTask, made: readonly MadeRevision[]): void {
    const { site, log } = this.#parts;
    for (const { equipmentId, revision } of made) {
      const machine = site.machines.find((one) => historianIdOf(site, one) === equipmentId);
      this.#revised.emit({
        equipmentId: machine?.id ?? site.lineName,
        shiftFromMs: shift.fromMs,
        revision,
        because: because ?? 'data came late',
      });
    }
    if (made.length > 0) log.info('the numbers of a shift are revised', { shift: shift.name, day: shift.localDate });
  }
}

const cutAtNow = ({ fromMs, toMs }: TimeRange, nowMs: number): TimeRange => ({ fromMs, toMs: Math.min(toMs, nowMs) });
