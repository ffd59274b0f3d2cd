import type { Clock } from '../platform/clock.ts';
import { crashPoint } from '../platform/crash-point.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { SendCounts } from './durable-counts.ts';
import type { ForwardBuffer } from './forward-buffer.ts';
import type { ForwardingPlan } from './forwarding-state.ts';
import { countRows, type RowRanges } from './row-ranges.ts';

/** A delete is a flush to disk; a few a second are enough, because a row not yet deleted is only sent twice. */
const CONFIRM_EVERY_MS = 250;
/** What a crash may lose of the count of rows that have not arrived, and will be sent and counted again. */
const COUNT_EVERY_MS = 1_000;

const MAX_TOLD_REASONS = 100;

interface PlanAccess {
  readonly readPlan: () => ForwardingPlan;
  /** Looks whose hold time is over. */
  readonly settle: () => void;
  readonly confirmed: (rows: RowRanges) => void;
  readonly setAside: (rowIds: readonly number[]) => void;
}

type UsedBuffer = Pick<ForwardBuffer, 'confirm' | 'setAside' | 'stats'>;

/** The forwarder's slow side: deletes what has arrived, moves away what cannot be sent, keeps its counters durable and the row count true. */
export class ForwarderHousekeeping {
  readonly #buffer: UsedBuffer;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #cancels: (() => void)[] = [];
  #plan: PlanAccess | undefined;
  #running: Promise<void> = Promise.resolve();
  #isConfirming = false;
  /** What the buffer knows of the plan's counts. */
  #written: SendCounts = { replayedCount: 0, resentCount: 0 };
  readonly #toldReasons = new Set<string>();
  #rowCount = 0;

  constructor(options: { readonly buffer: UsedBuffer; readonly clock: Clock; readonly log: Log }) {
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

  async readKnown(): Promise<{ lastRowId: number } & SendCounts> {
    const { lastRowId, rowCount, replayedCount, resentCount } = await this.#buffer.stats();
    this.#rowCount = rowCount;
    this.#written = { replayedCount, resentCount };
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
    if (rows.length > 0) await this.#confirmWithCounts(rows);
    // Second: a row that cannot be moved aside must not keep what has arrived in the file.
    await this.#setPoisonAside();
  }

  /** What was sent since the last time goes into the same transaction: a crash cannot part the two. */
  async #confirmWithCounts(rows: RowRanges): Promise<void> {
    const { replayedCount, resentCount } = this.#plan?.readPlan() ?? this.#written;
    const { replayedCount: replayedBefore, resentCount: resentBefore } = this.#written;
    crashPoint('after-barrier');
    await this.#buffer.confirm(rows, {
      replayedCount: replayedCount - replayedBefore,
      resentCount: resentCount - resentBefore,
    });
    this.#written = { replayedCount, resentCount };
    this.#rowCount -= countRows(rows);
    this.#plan?.confirmed(rows);
  }

  async #setPoisonAside(): Promise<void> {
    const rows = this.#plan?.readPlan().toSetAside ?? [];
    if (rows.length === 0) return;
    await this.#buffer.setAside(rows);
    this.#rowCount -= rows.length;
    this.#plan?.setAside(rows.map((row) => row.rowId));
    for (const { rowId, reason } of rows) this.#tell(rowId, reason);
  }

  /** Once for each reason: a tag that is wrong is wrong with every change. */
  #tell(rowId: number, reason: string): void {
    if (this.#toldReasons.has(reason) || this.#toldReasons.size >= MAX_TOLD_REASONS) return;
    this.#toldReasons.add(reason);
    this.#log.warn(
      'a row cannot be sent and was moved to the dead letters; `lineside queue deadletters` names its tag',
      { rowId, reason },
    );
  }

  async #count(): Promise<void> {
    const { replayedCount, resentCount } = this.#plan?.readPlan() ?? this.#written;
    const isNew = replayedCount !== this.#written.replayedCount || resentCount !== this.#written.resentCount;
    if (isNew) await this.#confirmWithCounts([]);
    this.#rowCount = (await this.#buffer.stats()).rowCount;
  }
}
