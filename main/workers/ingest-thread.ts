import { Worker } from 'node:worker_threads';
import type { HostModelPage, HostModelQuery } from '../../shared/domain/host-model.ts';
import type { IngestOptions } from '../compose-ingest.ts';
import { NO_INGEST, NO_MODEL } from '../engine/absent-ingest.ts';
import type { IngestStage, IngestStageSnapshot } from '../engine/ports.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { workerUrl } from '../platform/worker-url.ts';
import type { IngestReport, IngestRequest } from './ingest-messages.ts';
import { RemoteOeeDesk } from './oee-calls.ts';

const RESTART_AFTER_MS = 1_000;

/**
 * The ingest stage in a thread of its own. A thread that dies is started again: what it held in memory the edge
 * nodes still have, because they never confirm what a host has not kept (its Will says so to them).
 */
export class IngestThread implements IngestStage {
  readonly #options: IngestOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  #worker: Worker | undefined;
  #snapshot: IngestStageSnapshot = NO_INGEST;
  readonly #asked = new Map<number, (page: HostModelPage) => void>();
  #lastAskedId = 0;
  readonly oee = new RemoteOeeDesk((id, question) => {
    if (this.#isStopping) return false;
    this.#worker?.postMessage({ kind: 'oee', id, question } satisfies IngestRequest);
    return this.#worker !== undefined;
  });
  #isStopping = false;
  #cancelRestart = (): void => {};

  constructor(options: IngestOptions, clock: Clock, log: Log) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves when the thread runs; its broker and its historian are tried for ever by themselves. */
  start(): Promise<void> {
    const worker = new Worker(workerUrl(import.meta.url, 'ingest-worker'), { workerData: this.#options });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      worker.on('message', (report: IngestReport) => {
        if (report.kind === 'started') resolve();
        if (report.kind === 'snapshot') this.#snapshot = report.snapshot;
        if (report.kind === 'model') this.#answer(report.id, report.page);
        if (report.kind === 'oee') this.oee.answered(report.id, report.answer);
        if (report.kind === 'shift-revised') this.oee.shiftRevised(report.revised);
      });
      worker.on('error', (error) => {
        this.#log.error('the ingest thread failed', { error: describeError(error) });
        reject(error);
      });
      worker.once('exit', () => this.#onExit());
    });
  }

  /** Commits what waits, publishes the STATE death, ends the thread. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#cancelRestart();
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', () => resolve());
      worker.on('message', (report: IngestReport) => {
        // Handles of libraries may keep a finished thread alive; it has said that it is done.
        if (report.kind === 'stopped') void worker.terminate();
      });
    });
    worker.postMessage({ kind: 'stop' } satisfies IngestRequest);
    await exited;
  }

  modelPage(query: HostModelQuery): Promise<HostModelPage> {
    const worker = this.#worker;
    if (worker === undefined || this.#isStopping) return Promise.resolve(NO_MODEL);
    const id = (this.#lastAskedId += 1);
    return new Promise((resolve) => {
      this.#asked.set(id, resolve);
      worker.postMessage({ kind: 'model', id, query } satisfies IngestRequest);
    });
  }

  snapshot(): IngestStageSnapshot {
    return this.#snapshot;
  }

  #answer(id: number, page: HostModelPage): void {
    this.#asked.get(id)?.(page);
    this.#asked.delete(id);
  }

  #onExit(): void {
    this.#worker = undefined;
    for (const id of [...this.#asked.keys()]) this.#answer(id, NO_MODEL);
    this.oee.threadEnded();
    if (this.#isStopping) return;
    this.#log.error('the ingest thread ended and is started again', { afterMs: RESTART_AFTER_MS });
    this.#snapshot = NO_INGEST;
    this.#cancelRestart = this.#clock.after(RESTART_AFTER_MS, () => {
      this.start().catch(() => {});
    });
  }
}
