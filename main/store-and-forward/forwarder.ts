import { type Clock, delay, within } from '../platform/clock.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';
import type { ChangeSender, SendOutcome } from './change-sender.ts';
import type { BufferedChange, ForwardBuffer } from './forward-buffer.ts';
import { ForwarderHousekeeping } from './forwarder-housekeeping.ts';
import {
  countPlan,
  isDrained,
  isSent,
  nextBarrier,
  nextHistoryDelayMs,
  nextSend,
  sentRowsOf,
} from './forwarding-decisions.ts';
import { newPlan, step } from './forwarding-plan.ts';
import type { ForwardingNumbers, ForwardingPlan, PlanInput, SendRequest } from './forwarding-state.ts';
import { ReadAhead } from './read-ahead.ts';
import { hasRow, type RowRanges, toRanges } from './row-ranges.ts';

export interface ForwarderOptions {
  readonly buffer: Pick<ForwardBuffer, 'read' | 'confirm' | 'setAside' | 'stats'>;
  readonly sender: ChangeSender;
  readonly clock: Clock;
  readonly log: Log;
  readonly historyRowsPerS: number;
  /** Time the primary host must stay online after the broker has read a row; undefined when there is no primary host. */
  readonly holdTimeMs: number | undefined;
  readonly batchRows?: number;
}

export interface ForwarderSnapshot {
  /** Rows not yet sent in this session; `heldCount` of them wait for the birth of their device. */
  readonly waitingCount: number;
  readonly heldCount: number;
  /** Rows sent, not yet confirmed by barrier and hold time. */
  readonly sentCount: number;
  readonly replayedCount: number;
  readonly resentCount: number;
}

/** The connection does not carry what is sent: the engine closes it, and the next birth sends everything again. */
export interface Stall {
  readonly reason: 'barrier-failed' | 'send-failed' | 'send-timeout';
  readonly text: string;
}

const SEND_LIMIT_MS = 10_000;
const BARRIER_LIMIT_MS = 10_000;
const READ_RETRY_MS = 1_000;
const STOP_LIMIT_MS = 2_000;
const BATCH_ROWS = 2_000;
/** About what a broker takes in a tenth of a second; more in flight only means more to send again. */
const MAX_UNBARRIERED_ROWS = 20_000;

/** Carries out the forwarding plan: reads, sends, asks for barriers, confirms. */
export class Forwarder {
  readonly stalled = new EventSource<Stall>();
  readonly #options: ForwarderOptions;
  readonly #housekeeping: ForwarderHousekeeping;
  readonly #reader: ReadAhead;
  readonly #stopping = new AbortController();
  readonly #drainWaiters = new Set<() => void>();
  #plan: ForwardingPlan;
  #pumping: Promise<void> | undefined;
  #cancelHistoryTimer: (() => void) | undefined;

  private constructor(options: ForwarderOptions, plan: ForwardingPlan, housekeeping: ForwarderHousekeeping) {
    this.#options = options;
    this.#plan = plan;
    this.#housekeeping = housekeeping;
    this.#reader = new ReadAhead(options.buffer);
    housekeeping.start({
      readPlan: () => this.#plan,
      settle: () => this.#apply({ type: 'time-passed', nowMs: this.#nowMs() }),
      confirmed: (rows) => this.#apply({ type: 'confirmed', rows }),
      setAside: (rowIds) => this.#apply({ type: 'set-aside', rowIds }),
    });
  }

  /** Starts where the buffer stands: all its rows wait, as history of the first birth. */
  static async start(options: ForwarderOptions): Promise<Forwarder> {
    const numbers: ForwardingNumbers = {
      historyRowsPerS: options.historyRowsPerS,
      batchRows: options.batchRows ?? BATCH_ROWS,
      maxUnbarrieredRows: MAX_UNBARRIERED_ROWS,
      holdTimeMs: options.holdTimeMs,
    };
    const housekeeping = new ForwarderHousekeeping(options);
    const known = await housekeeping.readKnown();
    return new Forwarder(options, newPlan(numbers, known), housekeeping);
  }

  /** The births are published, on a new connection or on request of the host. */
  sessionBorn(): void {
    this.#apply({ type: 'session-born', nowMs: this.#nowMs() });
  }

  sessionEnded(): void {
    this.#apply({ type: 'session-ended' });
  }

  hostOnlineChanged(isOnline: boolean): void {
    this.#apply({ type: 'host-changed', isOnline, nowMs: this.#nowMs() });
  }

  deviceBorn(deviceId: string): void {
    this.#apply({ type: 'device-born', deviceId });
  }

  /** No birth of it will come: what waits for one is handed over once more, to be judged. */
  deviceGone(deviceId: string): void {
    this.#apply({ type: 'device-born', deviceId });
  }

  rowsCommitted(lastRowId: number): void {
    this.#housekeeping.noteStored(lastRowId - this.#plan.lastRowId);
    this.#apply({ type: 'rows-committed', lastRowId });
  }

  snapshot(): ForwarderSnapshot {
    const { sentCount, arrivedCount, heldCount } = countPlan(this.#plan);
    const waitingCount = Math.max(0, this.#housekeeping.rowCount - sentCount - arrivedCount);
    const { replayedCount, resentCount } = this.#plan;
    return { waitingCount, heldCount: Math.min(heldCount, waitingCount), sentCount, replayedCount, resentCount };
  }

  stateOf(rowId: number): 'waiting' | 'sent' {
    return isSent(this.#plan, rowId) ? 'sent' : 'waiting';
  }

  /** All rows whose state is `sent`. */
  sentRows(): RowRanges {
    return sentRowsOf(this.#plan);
  }

  /** Sends what is not confirmed once more, as historical; false without a session, whose birth does that anyway. */
  sendAgain(): boolean {
    if (this.#plan.session.phase !== 'born') return false;
    this.sessionBorn();
    return true;
  }

  /** Goes on until all is sent and read by the broker (true), or `limitMs` is over or no session is born (false). */
  flush(limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (isDone: boolean): void => {
        this.#drainWaiters.delete(look);
        cancel();
        resolve(isDone);
      };
      const look = (): void => {
        if (isDrained(this.#plan)) end(true);
        else if (this.#plan.session.phase !== 'born') end(false);
      };
      const cancel = this.#options.clock.after(limitMs, () => end(false));
      this.#drainWaiters.add(look);
      look();
    });
  }

  /** Starts nothing more, confirms what has arrived and writes the counters. What is in flight is sent again later. */
  async stop(): Promise<void> {
    this.#stopping.abort(new EngineError('store-and-forward/stopped', 'the forwarder is stopped'));
    this.#cancelHistoryTimer?.();
    const { clock } = this.#options;
    const giveUp = new Error('a send did not end');
    // A send that hangs ends with its connection, which is closed after this stop.
    await within(clock, STOP_LIMIT_MS, this.#pumping ?? Promise.resolve(), () => giveUp).catch(() => {});
    await this.#housekeeping.stop();
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs();
  }

  #apply(input: PlanInput): void {
    this.#plan = step(this.#plan, input);
    if (!this.#stopping.signal.aborted) {
      this.#pumping ??= this.#pumpSends();
      void this.#pumpBarrier();
    }
    for (const look of [...this.#drainWaiters]) look();
  }

  async #pumpSends(): Promise<void> {
    // After this turn, so that #pumping is set before the first send looks at it.
    await Promise.resolve();
    let request = nextSend(this.#plan, this.#nowMs());
    while (request !== undefined && !this.#stopping.signal.aborted) {
      await this.#sendOnce(request);
      request = nextSend(this.#plan, this.#nowMs());
    }
    this.#pumping = undefined;
    this.#setHistoryTimer();
  }

  #setHistoryTimer(): void {
    this.#cancelHistoryTimer?.();
    const delayMs = nextHistoryDelayMs(this.#plan, this.#nowMs());
    if (delayMs === undefined || this.#stopping.signal.aborted) return;
    this.#cancelHistoryTimer = this.#options.clock.after(delayMs, () => {
      this.#pumping ??= this.#pumpSends();
    });
  }

  async #sendOnce(request: SendRequest): Promise<void> {
    this.#apply({ type: 'send-started', request });
    const rows = await this.#read(request);
    // The epoch may have ended while the rows were read; then they are history of the next one.
    if (rows === undefined || request.epoch !== this.#plan.epoch) {
      this.#apply({ type: 'send-given-up' });
      return;
    }
    const wanted = rows.filter((row) => hasRow(request.wanted, row.rowId));
    const lastWantedRowId = request.wanted.at(-1)?.lastRowId ?? 0;
    const coveredUpToRowId = rows.length < request.maxRows ? lastWantedRowId : (rows.at(-1)?.rowId ?? lastWantedRowId);
    const done = { type: 'send-done', request, coveredUpToRowId } as const;
    const nowMs = this.#nowMs();
    const asWished = step(this.#plan, { ...done, sent: wanted, refused: [], poisoned: [], nowMs });
    this.#reader.expect(nextSend(asWished, nowMs));
    const outcome = wanted.length === 0 ? NOTHING_LEFT : await this.#send(wanted, request);
    if (outcome === undefined) {
      this.#apply({ type: 'send-given-up' });
      return;
    }
    const poisoned = outcome.poisoned.map(({ row, reason }) => ({ rowId: row.rowId, reason }));
    const left = new Set([...outcome.notTaken, ...poisoned].map((row) => row.rowId));
    this.#apply({
      ...done,
      sent: left.size === 0 ? wanted : wanted.filter((row) => !left.has(row.rowId)),
      refused: outcome.notTaken.toSorted((a, b) => a.rowId - b.rowId),
      poisoned,
      nowMs: this.#nowMs(),
    });
  }

  async #read(request: SendRequest): Promise<readonly BufferedChange[] | undefined> {
    const { clock, log } = this.#options;
    try {
      return await this.#reader.read(request);
    } catch (error) {
      log.error('rows could not be read from the forward buffer; trying again', { error: describeError(error) });
      await delay(clock, READ_RETRY_MS, this.#stopping.signal).catch(() => {});
      return undefined;
    }
  }

  /** Undefined when the send failed. */
  async #send(rows: readonly BufferedChange[], request: SendRequest): Promise<SendOutcome | undefined> {
    const { sender, clock } = this.#options;
    const cancel = clock.after(SEND_LIMIT_MS, () => {
      this.#stall(request.epoch, 'send-timeout', `a send has not ended within ${SEND_LIMIT_MS} ms`);
    });
    this.#plan = step(this.#plan, { type: 'rows-handed', rows: toRanges(rows.map((row) => row.rowId)) });
    crashPoint('before-publish');
    try {
      return await sender.send(rows, request.historyOf !== undefined);
    } catch (error) {
      this.#stall(request.epoch, 'send-failed', describeError(error), true);
      return undefined;
    } finally {
      cancel();
    }
  }

  async #pumpBarrier(): Promise<void> {
    const asked = nextBarrier(this.#plan);
    if (asked === undefined) return;
    this.#plan = step(this.#plan, { type: 'barrier-asked', throughBatchId: asked.throughBatchId });
    const { sender, clock } = this.#options;
    try {
      await within(clock, BARRIER_LIMIT_MS, sender.barrier(), barrierTimeout);
    } catch (error) {
      const isClosed = !isEngineError(error, BARRIER_TIMEOUT);
      this.#stall(asked.epoch, 'barrier-failed', describeError(error), isClosed);
      return;
    }
    this.#apply({ type: 'barrier-passed', ...asked, nowMs: this.#nowMs() });
    this.#apply({ type: 'time-passed', nowMs: this.#nowMs() });
  }

  #stall(epoch: number, reason: Stall['reason'], text: string, isClosed = false): void {
    if (epoch !== this.#plan.epoch || this.#plan.session.phase !== 'born' || this.#stopping.signal.aborted) return;
    this.#options.log.warn('forwarding has stalled; the connection is to be closed', { reason, detail: text });
    this.#apply({ type: 'epoch-failed', epoch, isClosed });
    this.stalled.emit({ reason, text });
  }
}

const NOTHING_LEFT: SendOutcome = { notTaken: [], poisoned: [] };
const BARRIER_TIMEOUT = 'store-and-forward/barrier-timeout';

const barrierTimeout = (): Error =>
  new EngineError(BARRIER_TIMEOUT, `the broker has not answered within ${BARRIER_LIMIT_MS} ms`);
