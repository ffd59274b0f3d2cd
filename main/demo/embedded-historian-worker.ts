import { parentPort, workerData } from 'node:worker_threads';

import { describeError, type EngineErrorCode, isEngineError } from '../platform/engine-error.ts';
import { Lifetime } from '../platform/lifetime.ts';
import { openEmbeddedBackend } from './embedded-historian-backend.ts';
import { claimDataFolder } from './embedded-historian-folder.ts';
import { startWireServer } from './embedded-historian-server.ts';

export interface WorkerStart {
  /** Folder of the database files; null keeps everything in memory. */
  readonly dataFolder: string | null;
  readonly port: number;
}

/** What the worker tells its owner; `failed` is its last word. Any message to the worker means "close". */
export type WorkerReport =
  | { readonly phase: 'ready'; readonly port: number }
  | { readonly phase: 'failed'; readonly code: EngineErrorCode; readonly message: string };

const lifetime = new Lifetime();

async function serve({ dataFolder, port }: WorkerStart): Promise<number> {
  const claim = dataFolder === null ? null : await claimDataFolder(dataFolder);
  if (claim !== null) lifetime.own('data folder', claim.release);
  const backend = await openEmbeddedBackend(claim?.path ?? null);
  lifetime.own('database', backend.close);
  const server = await startWireServer({
    backend,
    port,
    settings: backend.settings,
    onBackendDeath: (cause) =>
      exitFailed('demo/historian-died', 'the PostgreSQL of the embedded historian has crashed', cause),
  });
  lifetime.own('wire server', server.close);
  return server.port;
}

function report(message: WorkerReport): void {
  parentPort?.postMessage(message);
}

function exitFailed(code: EngineErrorCode, message: string, cause: unknown): void {
  report({ phase: 'failed', code, message: `${message}: ${describeError(cause)}` });
  // The files are as after a kill; the next start recovers them from the write-ahead log.
  process.exit(1);
}

parentPort?.once('message', () => {
  lifetime.end().then(
    () => process.exit(0),
    (cause: unknown) => exitFailed('demo/historian-close', 'the embedded historian did not close cleanly', cause),
  );
});

try {
  // Posted by embedded-historian.ts, in the same process and version.
  report({ phase: 'ready', port: await serve(workerData as WorkerStart) });
} catch (cause) {
  if (isEngineError(cause)) report({ phase: 'failed', code: cause.code, message: cause.message });
  else exitFailed('demo/historian-start', 'the embedded historian cannot open its database', cause);
  process.exit(1);
}
