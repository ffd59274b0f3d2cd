import { Worker } from 'node:worker_threads';
import { EngineError } from '../platform/engine-error.ts';
import { workerUrl } from '../platform/worker-url.ts';
import type { WorkerReport, WorkerStart } from './embedded-historian-worker.ts';

export interface EmbeddedHistorianOptions {
  /** Folder of the database files, made if missing; without it the data lives in memory. */
  readonly dataFolder?: string;
  /** TCP port on 127.0.0.1; a free one by default. */
  readonly port?: number;
}

export interface EmbeddedHistorian {
  readonly url: string;
  readonly port: number;
  /** Calls `listener` once if the historian ends in any way but a clean `close`; returns the end of listening. */
  onExit(listener: (reason: EngineError) => void): () => void;
  /** Rolls open transactions back, closes the database and its thread. */
  close(): Promise<void>;
}

/**
 * Starts PostgreSQL 17 with TimescaleDB in a worker thread and serves it on 127.0.0.1 without a password:
 * for the demo, for commissioning without a server, and for tests; never for production.
 *
 * Unlike a server it is ONE session that its clients use in turns. A client in a transaction has it alone,
 * so code that opens a transaction and meanwhile waits for a query of another connection waits for ever.
 * SET, temporary tables, advisory locks and LISTEN belong to all clients together; startup parameters
 * (database, user, statement_timeout) and cancel requests have no effect. No background workers run:
 * policies run by `CALL run_job(id)`, and nothing vacuums or analyses by itself. Committed rows survive the
 * death of the process, not a power cut.
 *
 * Rejects with EngineError `demo/historian-in-use`, `demo/historian-port` or `demo/historian-start`.
 */
export async function startEmbeddedHistorian(options: EmbeddedHistorianOptions = {}): Promise<EmbeddedHistorian> {
  const start: WorkerStart = { dataFolder: options.dataFolder ?? null, port: options.port ?? 0 };
  const worker = new Worker(workerUrl(import.meta.url, 'embedded-historian-worker'), { workerData: start });
  let failure: EngineError | null = null;
  let isClosing = false;

  const exited = new Promise<void>((resolve) => {
    worker.once('exit', (exitCode) => {
      failure ??= exitCode === 0 && isClosing ? null : unexplained(exitCode);
      resolve();
    });
  });
  worker.on('error', (cause) => {
    failure ??= new EngineError(
      'demo/historian-died',
      `the embedded historian’s thread has failed: ${cause.message}`,
      {},
      { cause },
    );
  });
  const port = await new Promise<number>((resolve, reject) => {
    worker.on('message', (report: WorkerReport) => {
      if (report.phase === 'ready') resolve(report.port);
      else failure ??= new EngineError(report.code, report.message, { dataFolder: start.dataFolder, port: start.port });
    });
    void exited.then(() => reject(failure ?? unexplained(0)));
  });

  return {
    // Any user and database name are accepted; these are what the backend really uses.
    url: `postgres://postgres@127.0.0.1:${port}/template1`,
    port,
    onExit(listener) {
      let isListening = true;
      void exited.then(() => {
        if (isListening && failure !== null) listener(failure);
      });
      return () => {
        isListening = false;
      };
    },
    async close() {
      if (!isClosing) {
        isClosing = true;
        worker.postMessage('close');
      }
      await exited;
      if (failure !== null) throw failure;
    },
  };
}

function unexplained(exitCode: number): EngineError {
  return new EngineError(
    'demo/historian-died',
    `the embedded historian’s thread ended without a word (code ${exitCode})`,
    { exitCode },
  );
}
