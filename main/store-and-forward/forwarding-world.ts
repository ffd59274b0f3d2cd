import { expect } from 'vitest';
import { nextBarrier, nextSend } from './forwarding-decisions.ts';
import { newPlan, step } from './forwarding-plan.ts';
import type { ForwardingNumbers, ForwardingPlan, PlanInput, SendRequest, SentRow } from './forwarding-state.ts';
import { hasRow } from './row-ranges.ts';

export const DEVICES = ['press', 'oven', null] as const;

interface SentRecord {
  readonly epoch: number;
  readonly atMs: number;
  hasBarrier: boolean;
}

/** Carries the plan out like the forwarder, against a buffer, a broker and a host that are only data; and checks it. */
export class ForwardingWorld {
  plan: ForwardingPlan;
  nowMs = 0;
  /** What the buffer holds: row id to device. */
  readonly rows = new Map<number, string | null>();
  readonly bornDevices = new Set<string | null>([null]);
  isHostOnline = false;
  hostOnlineSinceMs = Infinity;
  boundaryRowId = 0;
  lastLiveRowId = 0;
  #lastRowId = 0;
  #running: { request: SendRequest; rows: SentRow[]; isShort: boolean; bornThen: Set<string | null> } | undefined;
  #asked: { epoch: number; throughBatchId: number; rowIds: number[] } | undefined;
  readonly sent = new Map<number, SentRecord>();
  readonly #numbers: ForwardingNumbers;

  constructor(numbers: ForwardingNumbers) {
    this.#numbers = numbers;
    this.plan = newPlan(numbers, { lastRowId: 0, queuedCount: 0, replayedCount: 0 });
  }

  apply(input: PlanInput): void {
    const before = this.plan;
    this.plan = step(before, input);
    if (this.plan.epoch !== before.epoch) this.boundaryRowId = this.lastLiveRowId = this.#lastRowId;
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

  commit(count: number, device: number): void {
    for (let index = 0; index < count; index++) {
      this.rows.set(++this.#lastRowId, DEVICES[(device + index) % DEVICES.length] ?? null);
    }
    this.apply({ type: 'rows-committed', lastRowId: this.#lastRowId });
  }

  birth(): void {
    this.apply({ type: 'session-born', nowMs: this.nowMs });
  }

  end(): void {
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
    const read = [...this.rows]
      .filter(([rowId]) => rowId >= from && rowId <= to)
      .slice(0, request.maxRows)
      .map(([rowId, deviceId]) => ({ rowId, deviceId }));
    expect(request.maxRows).toBeGreaterThan(0);
    this.#running = {
      request,
      rows: read,
      isShort: read.length < request.maxRows,
      bornThen: new Set(this.bornDevices),
    };
    this.apply({ type: 'send-started', request });
    return true;
  }

  finishSend(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    const { request, rows, bornThen } = running;
    const wanted = rows.filter((row) => hasRow(request.wanted, row.rowId));
    const taken = wanted.filter((row) => bornThen.has(row.deviceId));
    const isCurrent = request.epoch === this.plan.epoch && this.plan.session.phase === 'born';
    for (const { rowId } of isCurrent ? taken : []) this.#checkSend(rowId, request.isHistorical);
    const coveredUpToRowId = running.isShort ? (request.wanted.at(-1)?.lastRowId ?? 0) : (rows.at(-1)?.rowId ?? 0);
    this.apply({
      type: 'send-done',
      request,
      coveredUpToRowId,
      sent: taken,
      refused: wanted.filter((row) => !bornThen.has(row.deviceId)),
      nowMs: this.nowMs,
    });
  }

  #checkSend(rowId: number, isHistorical: boolean): void {
    const before = this.sent.get(rowId);
    expect(before?.epoch, `row ${rowId} is sent once per epoch`).not.toBe(this.plan.epoch);
    if (rowId <= this.boundaryRowId) expect(isHistorical, 'a row from before the birth is never live').toBe(true);
    if (!isHistorical) {
      expect(rowId, 'live rows go out in their order').toBeGreaterThan(this.lastLiveRowId);
      this.lastLiveRowId = rowId;
    }
    this.sent.set(rowId, { epoch: this.plan.epoch, atMs: this.nowMs, hasBarrier: false });
  }

  failSend(): void {
    if (this.#running === undefined) return;
    const { epoch } = this.#running.request;
    this.#running = undefined;
    this.apply({ type: 'send-given-up' });
    this.apply({ type: 'epoch-failed', epoch });
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
      if (record?.epoch === asked.epoch) record.hasBarrier = true;
    }
    this.apply({ type: 'barrier-passed', epoch: asked.epoch, throughBatchId: asked.throughBatchId });
  }

  failBarrier(): void {
    if (this.#asked === undefined) return;
    this.apply({ type: 'epoch-failed', epoch: this.#asked.epoch });
    this.#asked = undefined;
  }

  pass(byMs: number): void {
    this.nowMs += byMs;
    this.apply({ type: 'time-passed', nowMs: this.nowMs });
  }

  confirm(): void {
    const rows = this.plan.toConfirm;
    for (const rowId of [...this.rows.keys()]) if (hasRow(rows, rowId)) this.rows.delete(rowId);
    this.apply({ type: 'confirmed', rows });
  }
}
