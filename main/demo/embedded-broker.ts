import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';

/** A broker inside this process, for the demo and fast tests; a plant has a real one. */
export interface EmbeddedBroker {
  readonly url: string;
  readonly port: number;
  clientCount(): number;
  /** As if the broker's machine were gone: nothing listens, every connection is reset; Wills are kept as retained. */
  takeAway(): Promise<void>;
  /** Listens again on the same port; retained messages are still there, sessions are not. */
  bringBack(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it on 127.0.0.1; port 0 (the default) takes a free one. */
export async function startEmbeddedBroker(options: { readonly port?: number } = {}): Promise<EmbeddedBroker> {
  const aedes = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  // Aedes ends the connection of a client in error by itself; unheard 'error' events would end the process.
  aedes.on('clientError', () => {});
  aedes.on('connectionError', () => {});
  const onConnection = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    aedes.handle(socket);
  };
  let server = await listen(options.port ?? 0, onConnection);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the embedded broker has no port');
  const { port } = address;

  const takeAway = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
    await once(server, 'close');
    while (aedes.connectedClients > 0) await once(aedes, 'clientDisconnect');
  };
  return {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    clientCount: () => aedes.connectedClients,
    takeAway,
    async bringBack() {
      if (!server.listening) server = await listen(port, onConnection);
    },
    async close() {
      await takeAway();
      await new Promise<void>((resolve) => aedes.close(resolve));
    },
  };
}

async function listen(port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, onConnection);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
