import { expect } from 'vitest';
import { PRIORITIES, type Priority } from '../../shared/domain/metric.ts';
import { nextBarrier, nextSend } from './forwarding-decisions.ts';
import { newPlan, step } from './forwarding-plan.ts';
import type { ForwardingNumbers, ForwardingPlan, PlanInput, SendRequest } from './forwarding-state.ts';
import { hasRow, toRanges } from './row-ranges.ts';
import { LONE_FAILURES } from './suspicion.ts';

export const DEVICES = ['press', 'oven', null] as const;

/** `encode`: the sender cannot make a message of it; `close`: the broker closes the connection over it. */
type Poison = 'encode' | 'close';

interface WorldRow {
  readonly rowId: number;
  readonly deviceId: string | null;
  readonly priority: Priority;
  readonly poison: Poison | undefined;
}

interface SentRecord {
  readonly epoch: number;
  /** Sent; from the barrier on: certainly read by the broker. */
  atMs: number;
  hasBarrier: boolean;
}

/** Carries the plan out like the forwarder, against a buffer, a broker and a host that are only data; and checks it. */
export class ForwardingWorld {
  plan: ForwardingPlan;
  nowMs = 0;
  /** What the buffer holds. */
  readonly rows = new Map<number, WorldRow>();
  /** What was moved to the dead letters. */
  readonly setAsideRows: WorldRow[] = [];
  readonly bornDevices = new Set<string | null>([null]);
  isHostOnline = false;
  hostOnlineSinceMs = Infinity;
  boundaryRowId = 0;
  lastLiveRowId = 0;
  #lastRowId = 0;
  #running: { request: SendRequest; rows: WorldRow[]; isShort: boolean; bornThen: Set<string | null> } | undefined;
  /** How often the connection closed with this row alone under way. */
  readonly #loneCloses = new Map<number, number>();
  /** The newest historical row of each class and device in this epoch. */
  readonly #lastHistory = new Map<string, number>();
  #asked: { epoch: number; throughBatchId: number; rowIds: number[] } | undefined;
  readonly sent = new Map<number, SentRecord>();
  readonly #numbers: ForwardingNumbers;

  constructor(numbers: ForwardingNumbers) {
    this.#numbers = numbers;
    this.plan = newPlan(numbers, { lastRowId: 0, replayedCount: 0, resentCount: 0 });
  }

  apply(input: PlanInput): void {
    const before = this.plan;
    this.plan = step(before, input);
    if (this.plan.epoch !== before.epoch) {
      this.boundaryRowId = this.lastLiveRowId = this.#lastRowId;
      this.#lastHistory.clear();
    }
    for (const rowId of this.rows.keys()) {
      if (hasRow(this.plan.toConfirm, rowId) && !hasRow(before.toConfirm, rowId)) this.#checkArrived(rowId);
    }
  }

  #checkArrived(rowId: number): void {
    const record = this.sent.get(rowId);
    expect(record, `row ${rowId} counts as arrived, was sent`).toBeDefined();
    expect(record?.epoch, 'in the present epoch').toBe(this.plan.epoch);
    expect(record?.hasBarrier, 'before a barrier that has passed').toBe(true);
    if (this.#numbers.holdTimeMs === undefined) return;
    expect(this.isHostOnline).toBe(true);
    const sinceMs = Math.max(record?.atMs ?? Infinity, this.hostOnlineSinceMs);
    expect(this.nowMs - sinceMs).toBeGreaterThanOrEqual(this.#numbers.holdTimeMs);
  }

  /** Rows of all devices and classes by turns; every so many rows one is poison. */
  commit(count: number, turn: number, poison?: Poison): void {
    for (let index = 0; index < count; index++) {
      const rowId = ++this.#lastRowId;
      this.rows.set(rowId, {
        rowId,
        deviceId: DEVICES[(turn + index) % DEVICES.length] ?? null,
        priority: PRIORITIES[(turn + 2 * index) % PRIORITIES.length] ?? 'normal',
        poison: index === 0 ? poison : undefined,
      });
    }
    this.apply({ type: 'rows-committed', lastRowId: this.#lastRowId });
  }

  birth(): void {
    this.apply({ type: 'session-born', nowMs: this.nowMs });
  }

  /** The connection is closed, by the network or over a row. */
  end(): void {
    const running = this.#running?.request.epoch === this.plan.epoch ? this.#wanted(this.#running) : [];
    const unread = [...this.sent].filter(([, { epoch, hasBarrier }]) => epoch === this.plan.epoch && !hasBarrier);
    const underWay = new Set([...running.map((row) => row.rowId), ...unread.map(([rowId]) => rowId)]);
    const [only] = underWay;
    if (only !== undefined && underWay.size === 1 && this.plan.session.phase === 'born') {
      this.#loneCloses.set(only, (this.#loneCloses.get(only) ?? 0) + 1);
    }
    this.apply({ type: 'session-ended' });
  }

  host(isOnline: boolean): void {
    if (isOnline !== this.isHostOnline) this.hostOnlineSinceMs = isOnline ? this.nowMs : Infinity;
    this.isHostOnline = isOnline;
    this.apply({ type: 'host-changed', isOnline, nowMs: this.nowMs });
  }

  deviceBorn(index: number): void {
    const deviceId = DEVICES[index % DEVICES.length] ?? null;
    this.bornDevices.add(deviceId);
    this.apply({ type: 'device-born', deviceId });
  }

  deviceDies(index: number): void {
    const deviceId = DEVICES[index % 2] ?? null;
    this.bornDevices.delete(deviceId);
  }

  startSend(): boolean {
    const request = nextSend(this.plan, this.nowMs);
    if (request === undefined) return false;
    expect(this.#running, 'sends never overlap').toBeUndefined();
    const from = request.wanted[0]?.firstRowId ?? 0;
    const to = request.wanted.at(-1)?.lastRowId ?? 0;
    const isAsked = (row: WorldRow): boolean =>
      row.rowId >= from && row.rowId <= to && (request.historyOf ?? row.priority) === row.priority;
    const read = [...this.rows.values()].filter(isAsked).slice(0, request.maxRows);
    expect(request.maxRows).toBeGreaterThan(0);
    const isShort = read.length < request.maxRows;
    this.#running = { request, rows: read, isShort, bornThen: new Set(this.bornDevices) };
    this.apply({ type: 'send-started', request });
    this.apply({ type: 'rows-handed', rows: toRanges(this.#wanted(this.#running).map((row) => row.rowId)) });
    return true;
  }

  #wanted({ request, rows }: { readonly request: SendRequest; readonly rows: readonly WorldRow[] }): WorldRow[] {
    return rows.filter((row) => hasRow(request.wanted, row.rowId));
  }

  finishSend(): void {
    const running = this.#running;
    if (running === undefined) return;
    const { request, rows, bornThen } = running;
    const wanted = this.#wanted(running);
    const isCurrent = request.epoch === this.plan.epoch && this.plan.session.phase === 'born';
    const isBorn = (row: WorldRow): boolean => bornThen.has(row.deviceId);
    if (isCurrent && wanted.some((row) => isBorn(row) && row.poison === 'close')) {
      this.end();
      this.#running = undefined;
      this.apply({ type: 'send-given-up' });
      return;
    }
    this.#running = undefined;
    const taken = wanted.filter((row) => isBorn(row) && row.poison !== 'encode');
    for (const row of isCurrent ? taken : []) this.#checkSend(row, request.historyOf !== undefined);
    const coveredUpToRowId = running.isShort ? (request.wanted.at(-1)?.lastRowId ?? 0) : (rows.at(-1)?.rowId ?? 0);
    const poisoned = wanted.filter((row) => isBorn(row) && row.poison === 'encode');
    this.apply({
      type: 'send-done',
      request,
      coveredUpToRowId,
      sent: taken,
      refused: wanted.filter((row) => !isBorn(row)),
      poisoned: poisoned.map(({ rowId }) => ({ rowId, reason: 'no code' })),
      nowMs: this.nowMs,
    });
  }

  #checkSend({ rowId, priority, deviceId }: WorldRow, isHistorical: boolean): void {
    const before = this.sent.get(rowId);
    expect(before?.epoch, `row ${rowId} is sent once per epoch`).not.toBe(this.plan.epoch);
    if (rowId <= this.boundaryRowId) expect(isHistorical, 'a row from before the birth is never live').toBe(true);
    if (!isHistorical) {
      expect(rowId, 'live rows go out in their order').toBeGreaterThan(this.lastLiveRowId);
      this.lastLiveRowId = rowId;
    } else {
      const key = `${priority} ${deviceId}`;
      expect(rowId, 'history of a class and device goes out in its order').toBeGreaterThan(
        this.#lastHistory.get(key) ?? 0,
      );
      this.#lastHistory.set(key, rowId);
    }
    this.sent.set(rowId, { epoch: this.plan.epoch, atMs: this.nowMs, hasBarrier: false });
  }

  failSend(): void {
    if (this.#running === undefined) return;
    const { epoch } = this.#running.request;
    this.#running = undefined;
    this.apply({ type: 'send-given-up' });
    this.apply({ type: 'epoch-failed', epoch, isClosed: false });
  }

  askBarrier(): void {
    const ask = nextBarrier(this.plan);
    if (ask === undefined) return;
    const rowIds = [...this.sent].filter(([, record]) => record.epoch === ask.epoch).map(([rowId]) => rowId);
    this.#asked = { ...ask, rowIds };
    this.apply({ type: 'barrier-asked', throughBatchId: ask.throughBatchId });
  }

  passBarrier(): void {
    const asked = this.#asked;
    if (asked === undefined) return;
    this.#asked = undefined;
    for (const rowId of asked.rowIds) {
      const record = this.sent.get(rowId);
      if (record?.epoch !== asked.epoch || record.hasBarrier) continue;
      record.hasBarrier = true;
      record.atMs = this.nowMs;
    }
    const { epoch, throughBatchId } = asked;
    this.apply({ type: 'barrier-passed', epoch, throughBatchId, nowMs: this.nowMs });
  }

  failBarrier(): void {
    if (this.#asked === undefined) return;
    this.apply({ type: 'epoch-failed', epoch: this.#asked.epoch, isClosed: false });
    this.#asked = undefined;
  }

  pass(byMs: number): void {
    this.nowMs += byMs;
    this.apply({ type: 'time-passed', nowMs: this.nowMs });
  }

  setAside(): void {
    const rowIds = this.plan.toSetAside.map((row) => row.rowId);
    for (const rowId of rowIds) {
      const row = this.rows.get(rowId);
      if (row === undefined) continue;
      const isRefused = row.poison !== 'encode';
      if (isRefused) {
        expect(this.#loneCloses.get(rowId), `row ${rowId} was alone each time`).toBeGreaterThanOrEqual(LONE_FAILURES);
      }
      this.setAsideRows.push(row);
      this.rows.delete(rowId);
    }
    this.apply({ type: 'set-aside', rowIds });
  }

  confirm(): void {
    const rows = this.plan.toConfirm;
    for (const rowId of [...this.rows.keys()]) if (hasRow(rows, rowId)) this.rows.delete(rowId);
    this.apply({ type: 'confirmed', rows });
  }
}
