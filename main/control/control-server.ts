import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { LossEntry } from '../../shared/domain/listings.ts';
import type { PurgeFilter, RetryResult } from '../../shared/domain/purge.ts';
import type { SiteChangeResult } from '../../shared/domain/site-change.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError, isEngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { forgetAddress, makeAddress } from './control-address.ts';
import { type ControlAnswer, ControlRequest, type ControlResult, MAX_REQUEST_BYTES } from './control-protocol.ts';
import { readLine } from './read-line.ts';

const REQUEST_LIMIT_MS = 5_000;
const MAX_CONNECTIONS = 8;

/** The part of the forward buffer that can be asked for from outside. */
interface ControlledStore {
  countPurge(filter: PurgeFilter): Promise<readonly LossEntry[]>;
  purge(filter: PurgeFilter): Promise<readonly LossEntry[]>;
  retryDeadLetters(): Promise<RetryResult>;
}

type ChangeSiteRequest = Omit<Extract<ControlRequest, { command: 'apply-site' }>, 'command'>;

export interface ControlServerOptions {
  /** Must be locked by this process: what lies at its address is taken for left over and removed. */
  readonly dataFolder: string;
  readonly store: ControlledStore;
  /** Told of rows that came into the store by a command. */
  readonly rowsCommitted: (lastRowId: number) => void;
  /** Applies a site file while the gateway runs, or says what that would mean. */
  readonly changeSite: (request: ChangeSiteRequest) => Promise<SiteChangeResult>;
  /** Forgets how late the primary host's clock once was; returns how the session is. */
  readonly forgetHost: () => string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Answers the commands of the gateway's own user while it runs: the buffer's file belongs to its worker, which
 * alone knows which rows are there. A gateway without this socket works all the same, so no fault of it is more
 * than a warning.
 */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #connections = new Set<Socket>();
  #server: Server | undefined;

  constructor(options: ControlServerOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { dataFolder, log } = this.#options;
    try {
      const path = await makeAddress(dataFolder);
      const server = createServer((socket) => void this.#serve(socket));
      server.maxConnections = MAX_CONNECTIONS;
      this.#server = server;
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, () => {
          server.off('error', reject);
          resolve();
        });
      });
      server.on('error', (error) => log.warn('the control socket fails', { error: describeError(error) }));
      // Its folder is this user's alone; the mode says it once more.
      if (process.platform !== 'win32') await chmod(path, 0o600);
    } catch (error) {
      log.warn('no control socket: queue commands cannot reach this gateway while it runs', {
        error: describeError(error),
      });
      await this.stop();
    }
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#connections) socket.destroy();
    if (server?.listening === true) await new Promise<void>((resolve) => server.close(() => resolve()));
    await forgetAddress(this.#options.dataFolder).catch((error: unknown) => {
      this.#options.log.warn('the control socket is left behind', { error: describeError(error) });
    });
  }

  async #serve(socket: Socket): Promise<void> {
    this.#connections.add(socket);
    socket.once('close', () => this.#connections.delete(socket));
    let answer: ControlAnswer;
    try {
      const line = await readLine(socket, this.#options.clock, MAX_REQUEST_BYTES, REQUEST_LIMIT_MS);
      answer = { phase: 'done', result: await this.#carryOut(parseRequest(line)) };
    } catch (error) {
      const code = isEngineError(error) ? error.code : 'control/refused';
      answer = { phase: 'failed', code, text: describeError(error) };
    }
    if (!socket.destroyed) socket.end(`${JSON.stringify(answer)}\n`);
  }

  async #carryOut(request: ControlRequest): Promise<ControlResult<ControlRequest['command']>> {
    const { store, rowsCommitted, changeSite, forgetHost, log } = this.#options;
    switch (request.command) {
      case 'status':
        return { pid: process.pid };
      case 'count-purge':
        return [...(await store.countPurge(request.filter))];
      case 'purge': {
        const losses = await store.purge(request.filter);
        const rowCount = losses.reduce((sum, loss) => sum + loss.droppedCount, 0);
        log.warn('rows were purged by command', { rowCount, filter: request.filter });
        return [...losses];
      }
      case 'retry-dead-letters': {
        const result = await store.retryDeadLetters();
        if (result.retriedCount > 0) rowsCommitted(result.lastRowId);
        log.info('dead letters were put back by command', { ...result });
        return result;
      }
      case 'apply-site':
        return changeSite(request);
      case 'forget-host':
        log.warn('the STATE timestamps of the primary host were forgotten by command');
        return { session: forgetHost() };
    }
  }
}

function parseRequest(line: string): ControlRequest {
  return ControlRequest.parse(JSON.parse(line));
}
