import { Worker } from 'node:worker_threads';
import { EngineError, type EngineErrorCode } from '../platform/engine-error.ts';
import { workerUrl } from '../platform/worker-url.ts';
import type { DemoFault } from './demo-faults.ts';
import type { LineServerOptions } from './line-server.ts';
import type { LineServerFailure, LineServerQuestion, LineServerReply } from './line-server-protocol.ts';

/** A `LineServer` in a thread of its own: the same, but it answers later. */
export interface LineServerThread {
  readonly endpointUrl: string;
  readonly namespaceUri: string;
  command(fault: DemoFault): Promise<void>;
  rampCounts(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(rampCounts: Readonly<Record<string, number>> | null): void;
  reject(error: Error): void;
}

// The thread sends codes of EngineError only, or its own `demo/line-server-failed`.
const toError = (failure: LineServerFailure): EngineError =>
  new EngineError(failure.code as EngineErrorCode, failure.text);

/**
 * Starts the demo line in a worker thread, so that its load is not taken from the thread that is measured.
 *
 * @throws EngineError `demo/line-server-failed` when it does not start.
 */
export function startLineServerThread(options: LineServerOptions): Promise<LineServerThread> {
  const worker = new Worker(workerUrl(import.meta.url, 'line-server-worker'), { workerData: options });
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  const ask = (question: LineServerQuestion): Promise<Readonly<Record<string, number>> | null> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ ...question, id });
    });
  const failAll = (text: string): void => {
    for (const { reject } of waiting.values()) reject(new EngineError('demo/line-server-failed', text));
    waiting.clear();
  };

  return new Promise((resolve, reject) => {
    const exited = new Promise<void>((whenExited) => {
      worker.once('exit', (code) => {
        failAll(`The demo line ended with code ${code}.`);
        reject(new EngineError('demo/line-server-failed', `The demo line ended with code ${code} before it started.`));
        whenExited();
      });
    });
    worker.once('error', (error) => {
      reject(
        new EngineError('demo/line-server-failed', `The demo line failed: ${error.message}`, {}, { cause: error }),
      );
    });
    worker.on('message', (message: LineServerReply) => {
      if (message.kind === 'failed') {
        reject(toError(message.failure));
        void worker.terminate();
      } else if (message.kind === 'started') {
        resolve({
          endpointUrl: message.endpointUrl,
          namespaceUri: message.namespaceUri,
          command: async (fault) => void (await ask({ kind: 'command', fault })),
          rampCounts: async () => (await ask({ kind: 'ramp-counts' })) ?? {},
          close: async () => {
            await ask({ kind: 'close' });
            await worker.terminate();
            await exited;
          },
        });
      } else {
        const entry = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.kind === 'done') entry?.resolve(message.rampCounts);
        else entry?.reject(toError(message.failure));
      }
    });
  });
}
