import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../platform/clock.ts';
import { describeError, isEngineError } from '../platform/engine-error.ts';
import { type LineServer, type LineServerOptions, startLineServer } from './line-server.ts';
import type { LineServerFailure, LineServerReply, LineServerRequest } from './line-server-protocol.ts';

/** Blocks this thread: nothing is answered, no timer fires, connections stay open. As a hung server does. */
function blockThread(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

const toFailure = (error: unknown): LineServerFailure => ({
  code: isEngineError(error) ? error.code : 'demo/line-server-failed',
  text: describeError(error),
});

const reply = (message: LineServerReply): void => parentPort?.postMessage(message);

async function answer(server: LineServer, request: LineServerRequest): Promise<void> {
  try {
    if (request.kind === 'command') server.command(request.fault);
    if (request.kind === 'close') await server.close();
    const rampCounts = request.kind === 'ramp-counts' ? server.rampCounts() : null;
    reply({ kind: 'done', id: request.id, rampCounts });
  } catch (error) {
    reply({ kind: 'refused', id: request.id, failure: toFailure(error) });
  }
  if (request.kind === 'close') parentPort?.close();
}

try {
  // The starter is the only one who makes this thread, and passes these options.
  const server = await startLineServer(workerData as LineServerOptions, { clock: systemClock, blockThread });
  parentPort?.on('message', (request: LineServerRequest) => void answer(server, request));
  reply({ kind: 'started', endpointUrl: server.endpointUrl, namespaceUri: server.namespaceUri });
} catch (error) {
  reply({ kind: 'failed', failure: toFailure(error) });
}
