/** Entry of the worker thread: opens the buffer, then carries out one request after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../platform/clock.ts';
import type { BufferedChange } from './forward-buffer.ts';
import { type BufferAnswer, type BufferRequest, toFailure } from './forward-buffer-messages.ts';
import { ChangeUnpacker, type PackedChanges } from './packed-changes.ts';
import { packRows } from './packed-rows.ts';
import { SqliteForwardBuffer, type SqliteForwardBufferOptions } from './sqlite-forward-buffer.ts';

const port = parentPort;
if (port === null) throw new Error('forward-buffer-worker runs as a worker thread only');
const answer = (message: BufferAnswer): void => port.postMessage(message);

function serve(buffer: SqliteForwardBuffer): void {
  const changes = new ChangeUnpacker();
  port?.on('message', ({ requestId, method, input: given }: BufferRequest) => {
    const input = method === 'append' ? [changes.unpack(given[0] as PackedChanges), ...given.slice(1)] : given;
    // The proxy's methods have the types of the port; the thread boundary has none.
    const run = buffer[method].bind(buffer) as (...words: readonly unknown[]) => Promise<unknown>;
    run(...input).then(
      (result) => {
        answer({ type: 'done', requestId, result: method === 'read' ? packRows(result as BufferedChange[]) : result });
        if (method === 'close') port.close();
      },
      (error: unknown) => {
        answer({ type: 'failed', requestId, failure: toFailure(error) });
        if (method === 'close') port.close();
      },
    );
  });
}

try {
  serve(new SqliteForwardBuffer(workerData as SqliteForwardBufferOptions, systemClock));
  answer({ type: 'opened' });
} catch (error) {
  answer({ type: 'not-opened', failure: toFailure(error) });
  port.close();
}
