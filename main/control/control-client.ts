import { connect, type Socket } from 'node:net';
import type { Clock } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { readAddress } from './control-address.ts';
import {
  ControlAnswer,
  type ControlRequest,
  type ControlResult,
  MAX_ANSWER_BYTES,
  RESULTS,
} from './control-protocol.ts';
import { readLine } from './read-line.ts';

/** A purge of millions of rows lets everything else go first. */
const ANSWER_LIMIT_MS = 120_000;

/**
 * Asks the gateway that runs in the data folder; undefined when none listens there.
 * @throws EngineError with the gateway's own code, or `control/…` when it does not answer as it should.
 */
export async function askGateway<C extends ControlRequest['command']>(
  dataFolder: string,
  request: Extract<ControlRequest, { command: C }>,
  clock: Clock,
): Promise<ControlResult<C> | undefined> {
  const path = await readAddress(dataFolder);
  const socket = path === undefined ? undefined : await reach(path);
  if (socket === undefined) return undefined;
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    const line = await readLine(socket, clock, MAX_ANSWER_BYTES, ANSWER_LIMIT_MS);
    return parseAnswer<C>(request.command as C, line);
  } finally {
    socket.destroy();
  }
}

/** Undefined when nobody listens: a killed gateway leaves its socket behind. */
function reach(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED') resolve(undefined);
      else {
        const text = `the control socket ${path} cannot be used (${describeError(cause)}): run as the gateway's user`;
        reject(new EngineError('control/unreachable', text, { path }, { cause }));
      }
    });
  });
}

function parseAnswer<C extends ControlRequest['command']>(command: C, line: string): ControlResult<C> {
  const answer = readAnswer(line);
  if (answer.phase === 'failed') throw new EngineError(answer.code as EngineError['code'], answer.text);
  const result = RESULTS[command].safeParse(answer.result);
  if (!result.success) throw notUnderstood(result.error);
  // The schema of the command has just parsed it.
  return result.data as ControlResult<C>;
}

function readAnswer(line: string): ControlAnswer {
  try {
    return ControlAnswer.parse(JSON.parse(line));
  } catch (cause) {
    throw notUnderstood(cause);
  }
}

const notUnderstood = (cause: unknown): EngineError =>
  new EngineError('control/not-understood', 'the gateway answers in another form: use its own version', {}, { cause });
