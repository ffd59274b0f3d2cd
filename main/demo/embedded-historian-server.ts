import { createServer, type Server } from 'node:net';
import { EngineError } from '../platform/engine-error.ts';
import { ClientSession, type SharedBackend } from './embedded-historian-session.ts';
import { BackendTurns } from './embedded-historian-turns.ts';

/** Never another address: clients are not asked for a password. */
const LOOPBACK = '127.0.0.1';

export interface WireServerOptions {
  readonly backend: SharedBackend;
  /** TCP port; 0 takes a free one. */
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly onBackendDeath: (cause: unknown) => void;
}

export interface WireServer {
  readonly port: number;
  /** Cuts all clients off, waits until their transactions are rolled back, frees the port. */
  close(): Promise<void>;
}

/**
 * Serves the PostgreSQL protocol on 127.0.0.1: any number of clients, one backend. Rejects with EngineError
 * `demo/historian-port` when the port cannot be had.
 */
export async function startWireServer(options: WireServerOptions): Promise<WireServer> {
  const { backend, settings, onBackendDeath } = options;
  const turns = new BackendTurns();
  const closers = new Set<() => Promise<void>>();
  let clientCount = 0;
  const server = createServer((socket) => {
    clientCount += 1;
    const session = new ClientSession({ clientNumber: clientCount, socket, backend, turns, settings, onBackendDeath });
    const cutOff = (): Promise<void> => {
      socket.destroy();
      return session.finished;
    };
    closers.add(cutOff);
    void session.finished.then(() => closers.delete(cutOff));
  });
  const port = await listen(server, options.port);
  return {
    port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...closers].map((cutOff) => cutOff()));
      await closed;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new EngineError(
          'demo/historian-port',
          `embedded historian cannot listen on ${LOOPBACK}:${port}`,
          { port },
          { cause },
        ),
      ),
    );
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
