import type { Socket } from 'node:net';
import { describeError } from '../platform/engine-error.ts';
import {
  type ClientFrame,
  copyFailFrame,
  copyInResponse,
  fatalResponse,
  FrameReader,
  queryFrame,
  readyStatus,
  startupResponse,
  syncFrame,
  withoutCopyInResponses,
} from './embedded-historian-protocol.ts';
import { ClientStatements } from './embedded-historian-statements.ts';
import type { BackendTurns } from './embedded-historian-turns.ts';

/** The single PostgreSQL backend. A rejection of either is its death. */
export interface SharedBackend {
  /** Takes whole frames and gives all that was answered. */
  run(frames: Buffer): Promise<Buffer>;
  /** Told when a client is done, outside any transaction and before the next one: time for housekeeping. */
  endTurn(): Promise<void>;
}

export interface ClientSessionOptions {
  readonly clientNumber: number;
  readonly socket: Socket;
  readonly backend: SharedBackend;
  readonly turns: BackendTurns;
  /** Told to every client at its start: server_version, client_encoding and so on. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onBackendDeath: (cause: unknown) => void;
}

/**
 * A COPY … FROM STDIN that finds no data waits for a network this backend does not have, and dies. So
 * each statement is followed by a CopyFail: a copy that has read its data never sees it, one that has none
 * ends with an error, and outside a copy the backend ignores it.
 */
const copyGuard = copyFailFrame('the embedded historian takes COPY FROM STDIN only as one simple query');
const copyFromStdin = /\bcopy\b[^;]*\bfrom\s+stdin\b/i;
/** Enough of a query to recognise a copy; the guard holds where this look does not reach. */
const COPY_LOOK_BYTES = 4_096;

/**
 * One client's conversation. Its messages are collected up to Query, Sync or Flush and run in one go while
 * it is this client's turn; the turn is kept as long as a transaction is open. A client that goes away in a
 * transaction is rolled back.
 */
export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #reader = new FrameReader();
  readonly #statements: ClientStatements;
  #batch: Buffer[] = [];
  #isCopying = false;
  #giveTurnBack: (() => void) | null = null;
  #isGone = false;
  #work: Promise<void> = Promise.resolve();
  /** Resolves when the client has gone and nothing of it is left in the backend. */
  readonly finished: Promise<void>;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#statements = new ClientStatements(options.clientNumber);
    const { socket } = options;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.#work = this.#work.then(() => this.#receive(chunk));
    });
    // A broken connection also closes, and that is where it is handled.
    socket.on('error', () => undefined);
    this.finished = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isGone = true;
        resolve(this.#work.then(() => this.#leave()));
      });
    });
  }

  async #receive(chunk: Buffer): Promise<void> {
    try {
      if (this.#isGone) return;
      for (const frame of this.#reader.push(chunk)) await this.#handle(frame);
    } catch (error) {
      this.#sendOff(fatalResponse('08P01', describeError(error)));
    }
  }

  async #handle(frame: ClientFrame): Promise<void> {
    const { socket, clientNumber, settings } = this.#options;
    switch (frame.kind) {
      case 'encryption-request':
        socket.write('N');
        return;
      case 'cancel-request':
        // The backend computes in one go and hears nothing meanwhile: there is nothing to cancel.
        this.#sendOff();
        return;
      case 'startup':
        // No password is asked for: the server is bound to the loopback address.
        socket.write(startupResponse(clientNumber, settings));
        return;
      case 'message':
        await (this.#isCopying
          ? this.#handleInCopy(frame.type, frame.bytes)
          : this.#handleMessage(frame.type, frame.bytes));
    }
  }

  async #handleMessage(type: string, bytes: Buffer): Promise<void> {
    switch (type) {
      case 'P':
      case 'B':
      case 'D':
      case 'C':
        this.#batch.push(this.#statements.rewrite(type, bytes));
        return;
      case 'E':
        this.#batch.push(Buffer.concat([bytes, copyGuard]));
        return;
      case 'Q':
        if (copyFromStdin.test(bytes.toString('utf8', 5, COPY_LOOK_BYTES))) {
          this.#batch.push(bytes);
          this.#isCopying = true;
          this.#options.socket.write(copyInResponse);
          return;
        }
        this.#batch.push(Buffer.concat([bytes, copyGuard]));
        return this.#runToReady();
      case 'S':
      case 'F':
        this.#batch.push(bytes);
        return this.#runToReady();
      case 'H':
        await this.#run();
        return;
      case 'd':
      case 'c':
      case 'f':
        // Left over from a copy that has failed already; the protocol says to ignore them.
        return;
      case 'X':
        this.#sendOff();
        return;
      default:
        throw new Error(`message type ${JSON.stringify(type)} is not part of the protocol`);
    }
  }

  /** In a copy the data is kept until its end, then the query and its data run in one go. */
  async #handleInCopy(type: string, bytes: Buffer): Promise<void> {
    switch (type) {
      case 'd':
        this.#batch.push(bytes);
        return;
      case 'c':
      case 'f':
        this.#batch.push(bytes, copyGuard);
        this.#isCopying = false;
        // A copy reads its data while its query runs.
        this.#batch = [Buffer.concat(this.#batch)];
        return this.#runToReady(withoutCopyInResponses);
      case 'H':
      case 'S':
        return;
      case 'X':
        this.#sendOff();
        return;
      default:
        throw new Error(`message type ${JSON.stringify(type)} is not allowed during COPY FROM STDIN`);
    }
  }

  async #runToReady(edit: (reply: Buffer) => Buffer = (reply) => reply): Promise<void> {
    const reply = await this.#run(edit);
    if (reply !== null && readyStatus(reply) === 'I') await this.#endTurn();
  }

  /** Runs the batch when it is this client's turn and sends the reply; null when there was nothing to run. */
  async #run(edit: (reply: Buffer) => Buffer = (reply) => reply): Promise<Buffer | null> {
    const units = this.#batch;
    this.#batch = [];
    if (units.length === 0) return null;
    this.#giveTurnBack ??= await this.#options.turns.take();
    // While waiting the client may have left; its question then has no effect at all.
    if (this.#isGone) return null;
    const reply = await this.#watched(this.#runUnits(units));
    this.#options.socket.write(edit(reply));
    return reply;
  }

  /**
   * One message a call, as the library itself does it: given several at once, the backend now and then answers the
   * first ones (seen after Bind, once in some hundred inserts of 500 rows) and forgets the others. A call that answers
   * nothing where the protocol demands an answer is made again; when that does not help, the backend is broken.
   */
  async #runUnits(units: readonly Buffer[]): Promise<Buffer> {
    const replies: Buffer[] = [];
    for (const unit of units) {
      let reply = await this.#options.backend.run(unit);
      if (reply.length === 0 && mustAnswer(replies)) reply = await this.#options.backend.run(unit);
      replies.push(reply);
    }
    const whole = Buffer.concat(replies);
    const isSynced = ['S', 'Q'].includes(String.fromCharCode(units.at(-1)?.[0] ?? 0));
    if (!isSynced || readyStatus(whole) !== null) return whole;
    return Buffer.concat([whole, await this.#options.backend.run(syncFrame)]);
  }

  /** Ends the connection from our side; what the client still sends has no effect. */
  #sendOff(lastWord: Buffer = Buffer.alloc(0)): void {
    this.#isGone = true;
    this.#options.socket.end(lastWord);
  }

  async #leave(): Promise<void> {
    const closeFrames = this.#statements.closeFrames();
    if (this.#giveTurnBack === null && closeFrames.length === 0) return;
    this.#giveTurnBack ??= await this.#options.turns.take();
    // The first Sync ends an extended query that was left half said; ROLLBACK without need is a warning only.
    const frames = [syncFrame, queryFrame('ROLLBACK'), ...closeFrames, syncFrame];
    await this.#watched(this.#runUnits(frames));
    await this.#endTurn();
  }

  async #endTurn(): Promise<void> {
    await this.#watched(this.#options.backend.endTurn());
    this.#giveTurnBack?.();
    this.#giveTurnBack = null;
  }

  async #watched<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      this.#options.onBackendDeath(cause);
      throw cause;
    }
  }
}

/** After an error the backend is silent until Sync; before, each message has its answer. */
const mustAnswer = (replies: readonly Buffer[]): boolean => !replies.some((reply) => reply.includes('SERROR', 5));
