import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { ForwardBuffer } from './forward-buffer.ts';
import type { ForwardingPlan } from './forwarding-state.ts';
import { countRows, type RowRanges } from './row-ranges.ts';

/** A delete is a flush to disk; a few a second are enough, because a row not yet deleted is only sent twice. */
const CONFIRM_EVERY_MS = 250;
/** What a crash may lose of the counters. */
const COUNT_EVERY_MS = 1_000;

const REPLAYED_SETTING = 'replayedCount';
const QUEUED_SETTING = 'queuedCount';

interface PlanAccess {
  readonly readPlan: () => ForwardingPlan;
  /** Looks whose hold time is over. */
  readonly settle: () => void;
  readonly confirmed: (rows: RowRanges) => void;
}

/** The forwarder's slow side: deletes what has arrived, keeps its counters durable and the row count true. */
export class ForwarderHousekeeping {
  readonly #buffer: Pick<ForwardBuffer, 'confirm' | 'stats' | 'readSetting' | 'writeSetting'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #cancels: (() => void)[] = [];
  #plan: PlanAccess | undefined;
  #running: Promise<void> = Promise.resolve();
  #isConfirming = false;
  #written = { replayedCount: 0, queuedCount: 0 };
  #rowCount = 0;

  constructor(options: {
    readonly buffer: Pick<ForwardBuffer, 'confirm' | 'stats' | 'readSetting' | 'writeSetting'>;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#buffer = options.buffer;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  /** Rows in the buffer: followed in memory, put right by the buffer's own count each second. */
  get rowCount(): number {
    return this.#rowCount;
  }

  noteStored(rowCount: number): void {
    this.#rowCount += Math.max(0, rowCount);
  }

  async readKnown(): Promise<{ lastRowId: number; replayedCount: number; queuedCount: number }> {
    const { lastRowId, rowCount } = await this.#buffer.stats();
    this.#rowCount = rowCount;
    const readCount = async (key: string): Promise<number> => Number((await this.#buffer.readSetting(key)) ?? 0);
    this.#written = {
      replayedCount: await readCount(REPLAYED_SETTING),
      queuedCount: await readCount(QUEUED_SETTING),
    };
    return { lastRowId, ...this.#written };
  }

  start(plan: PlanAccess): void {
    this.#plan = plan;
    this.#cancels.push(
      this.#clock.every(CONFIRM_EVERY_MS, () => this.#enqueueConfirm()),
      this.#clock.every(COUNT_EVERY_MS, () => this.#enqueue(() => this.#count())),
    );
  }

  async stop(): Promise<void> {
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.#enqueueConfirm();
    this.#enqueue(() => this.#count());
    await this.#running;
  }

  #enqueueConfirm(): void {
    this.#plan?.settle();
    if (this.#isConfirming) return;
    this.#isConfirming = true;
    this.#enqueue(() => this.#confirm());
  }

  /** One after the other: a slow disk makes them late, never many. */
  #enqueue(work: () => Promise<void>): void {
    this.#running = this.#running.then(work).catch((error: unknown) => {
      this.#log.error('the forward buffer does not answer; trying again', { error: describeError(error) });
    });
  }

  async #confirm(): Promise<void> {
    this.#isConfirming = false;
    const rows = this.#plan?.readPlan().toConfirm ?? [];
    if (rows.length === 0) return;
    await this.#buffer.confirm(rows);
    this.#rowCount -= countRows(rows);
    this.#plan?.confirmed(rows);
  }

  async #count(): Promise<void> {
    const { replayedCount, queuedCount } = this.#plan?.readPlan() ?? this.#written;
    if (replayedCount !== this.#written.replayedCount) {
      await this.#buffer.writeSetting(REPLAYED_SETTING, String(replayedCount));
    }
    if (queuedCount !== this.#written.queuedCount) {
      await this.#buffer.writeSetting(QUEUED_SETTING, String(queuedCount));
    }
    this.#written = { replayedCount, queuedCount };
    this.#rowCount = (await this.#buffer.stats()).rowCount;
  }
}
