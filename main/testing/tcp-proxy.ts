import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Clock } from '../platform/clock.ts';

/** A TCP proxy that can be as bad as a plant's network. */
export interface TcpProxy {
  readonly port: number;
  /** Resets all connections, and every new one until `resume`. */
  cut(): void;
  /** Keeps connections open and takes bytes in, but passes none on, in neither direction: half-open. */
  swallow(): void;
  /** Back to normal for new connections; those that lost bytes are reset. */
  resume(): void;
  /** From now on each piece of data is passed on this much later, in order. */
  setDelayMs(delayMs: number): void;
  /** Resets each new connection's client after that many bytes from it were passed on; undefined = never. */
  cutAfterBytes(byteCount: number | undefined): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and connects to `targetPort` there. */
export async function startTcpProxy(targetPort: number, clock: Clock): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let mode: 'pass' | 'swallow' | 'cut' = 'pass';
  let delayMs = 0;
  let limitBytes: number | undefined;

  const forward = (from: Socket, to: Socket, leftBytes: number | undefined): void => {
    let left = leftBytes;
    from.on('data', (chunk) => {
      if (mode !== 'pass') return;
      const part = left === undefined ? chunk : chunk.subarray(0, left);
      if (left !== undefined) left -= part.length;
      const write = (): void => {
        if (mode !== 'pass' || to.destroyed) return;
        to.write(part);
        if (left === 0) from.resetAndDestroy();
      };
      if (delayMs === 0) write();
      else clock.after(delayMs, write);
    });
    from.on('error', () => {});
    from.on('close', () => {
      sockets.delete(from);
      if (mode !== 'swallow') to.destroy();
    });
  };
  const server = createServer({ noDelay: true }, (client) => {
    if (mode === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    sockets.add(client).add(target);
    forward(client, target, limitBytes);
    forward(target, client, undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const resetAll = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return {
    port: address.port,
    cut() {
      mode = 'cut';
      resetAll();
    },
    swallow() {
      mode = 'swallow';
    },
    resume() {
      mode = 'pass';
      resetAll();
    },
    setDelayMs(nextDelayMs) {
      delayMs = nextDelayMs;
    },
    cutAfterBytes(byteCount) {
      limitBytes = byteCount;
    },
    async close() {
      resetAll();
      server.close();
      await once(server, 'close');
    },
  };
}
