import { Worker } from 'node:worker_threads';
import type { LossEntry } from '../../shared/domain/listings.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import type { DeadLetter, PurgeFilter, RetryResult } from '../../shared/domain/purge.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { workerUrl } from '../platform/worker-url.ts';
import type { SendCounts } from './durable-counts.ts';
import type {
  AppendResult,
  BufferedChange,
  BufferPage,
  ForwardBuffer,
  ForwardBufferStats,
  ReadRange,
  RowQuery,
} from './forward-buffer.ts';
import { type BufferAnswer, type BufferMethod, type BufferRequest, toError } from './forward-buffer-messages.ts';
import type { PoisonedRow } from './forwarding-state.ts';
import { ChangePacker } from './packed-changes.ts';
import { type PackedRows, unpackRows } from './packed-rows.ts';
import type { RowRange } from './row-ranges.ts';
import type { SqliteForwardBufferOptions } from './sqlite-forward-buffer.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The SQLite buffer in its own thread: a slow flush to disk stalls neither the window nor the OPC UA sessions. */
export class WorkerForwardBuffer implements ForwardBuffer {
  /** The thread ended without being asked to; every call fails from then on, and the engine must start again. */
  readonly ended = new EventSource<EngineError>();
  readonly #worker: Worker;
  readonly #packer = new ChangePacker();
  readonly #waiting = new Map<number, Waiting>();
  #nextRequestId = 1;
  #end: EngineError | undefined;
  #closing: Promise<void> | undefined;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: BufferAnswer) => this.#settle(answer));
    worker.on('error', (error) => this.#endWith(describeError(error)));
    worker.on('exit', (exitCode) => this.#endWith(`exit code ${exitCode}`));
  }

  /** Starts the thread and opens the file. Rejects as the constructor of `SqliteForwardBuffer` throws. */
  static async open(options: SqliteForwardBufferOptions): Promise<WorkerForwardBuffer> {
    const worker = new Worker(workerUrl(import.meta.url, 'forward-buffer-worker'), { workerData: options });
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', (exitCode) => reject(new Error(`the thread ended at its start, exit code ${exitCode}`)));
      worker.once('message', (answer: BufferAnswer) => {
        worker.off('error', reject);
        if (answer.type === 'not-opened') reject(toError(answer.failure));
        else resolve();
      });
    });
    return new WorkerForwardBuffer(worker);
  }

  append(changes: readonly MetricChange[], hasSession?: boolean): Promise<AppendResult> {
    return this.#post('append', [this.#packer.pack(changes), hasSession]) as Promise<AppendResult>;
  }

  read(range: ReadRange): Promise<readonly BufferedChange[]> {
    // The one answer that comes in another form.
    const packed: Promise<unknown> = this.#ask('read', range);
    return packed.then((rows) => unpackRows(rows as PackedRows));
  }

  confirm(ranges: readonly RowRange[], sent?: SendCounts): Promise<void> {
    return this.#ask('confirm', ranges, sent);
  }

  setAside(rows: readonly PoisonedRow[]): Promise<void> {
    return this.#ask('setAside', rows);
  }

  row(rowId: number): Promise<BufferedChange | undefined> {
    return this.#ask('row', rowId);
  }

  page(query: RowQuery): Promise<BufferPage> {
    return this.#ask('page', query);
  }

  recordLosses(losses: readonly LossEntry[]): Promise<void> {
    return this.#ask('recordLosses', losses);
  }

  losses(): Promise<readonly LossEntry[]> {
    return this.#ask('losses');
  }

  countPurge(filter: PurgeFilter): Promise<readonly LossEntry[]> {
    return this.#ask('countPurge', filter);
  }

  purge(filter: PurgeFilter): Promise<readonly LossEntry[]> {
    return this.#ask('purge', filter);
  }

  deadLetters(): Promise<readonly DeadLetter[]> {
    return this.#ask('deadLetters');
  }

  retryDeadLetters(): Promise<RetryResult> {
    return this.#ask('retryDeadLetters');
  }

  stats(): Promise<ForwardBufferStats> {
    return this.#ask('stats');
  }

  readSetting(key: string): Promise<string | undefined> {
    return this.#ask('readSetting', key);
  }

  writeSetting(key: string, value: string): Promise<void> {
    return this.#ask('writeSetting', key, value);
  }

  /** Resolves when the file is closed and the thread has ended. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#end !== undefined) return;
    const exited = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    await this.#ask('close');
    await exited;
  }

  #ask<M extends BufferMethod>(method: M, ...input: Parameters<ForwardBuffer[M]>): ReturnType<ForwardBuffer[M]> {
    // The worker answers a method with that method's own result.
    return this.#post(method, input) as ReturnType<ForwardBuffer[M]>;
  }

  #post(method: BufferMethod, input: readonly unknown[]): Promise<unknown> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#end !== undefined) throw this.#end;
      const requestId = this.#nextRequestId++;
      this.#waiting.set(requestId, { resolve, reject });
      this.#worker.postMessage({ requestId, method, input } satisfies BufferRequest);
    });
  }

  #settle(answer: BufferAnswer): void {
    if (answer.type !== 'done' && answer.type !== 'failed') return;
    const waiting = this.#waiting.get(answer.requestId);
    this.#waiting.delete(answer.requestId);
    if (answer.type === 'done') waiting?.resolve(answer.result);
    else waiting?.reject(toError(answer.failure));
  }

  #endWith(reason: string): void {
    if (this.#end !== undefined) return;
    this.#end = new EngineError('store-and-forward/thread-ended', `the forward buffer's thread has ended: ${reason}`);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end);
    this.#waiting.clear();
    if (this.#closing === undefined) this.ended.emit(this.#end);
  }
}
