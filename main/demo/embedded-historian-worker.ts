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

/** Ends the thread. A database that is still open is then as after a kill: the next start recovers it. */
function exitFailed(code: EngineErrorCode, message: string, cause?: unknown): never {
  report({ phase: 'failed', code, message: cause === undefined ? message : `${message} (${describeError(cause)})` });
  process.exit(1);
}

function describeDatabase({ dataFolder }: WorkerStart): string {
  if (dataFolder === null) return 'a database in memory';
  return `the database in ${dataFolder}: damaged, or of another PostgreSQL version; move the folder away to start empty`;
}

parentPort?.once('message', () => {
  lifetime.end().then(
    () => process.exit(0),
    (cause: unknown) => exitFailed('demo/historian-close', 'the embedded historian did not close cleanly', cause),
  );
});

// Posted by embedded-historian.ts, in the same process and version.
const start = workerData as WorkerStart;
try {
  report({ phase: 'ready', port: await serve(start) });
} catch (cause) {
  // What is already open is closed in order; if even that fails, the first failure is the one to tell.
  await lifetime.end().catch(() => undefined);
  if (isEngineError(cause)) exitFailed(cause.code, cause.message);
  exitFailed('demo/historian-start', `the embedded historian cannot open ${describeDatabase(start)}`, cause);
}
