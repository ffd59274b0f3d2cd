import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { SiteChangeResult } from '../shared/domain/site-change.ts';
import { askGateway } from './control/control-client.ts';
import type { ControlRequest } from './control/control-protocol.ts';
import { systemClock } from './platform/clock.ts';
import { EngineError } from './platform/engine-error.ts';
import { bufferFilePath } from './store-and-forward/buffer-file-keeper.ts';
import { BufferReader } from './store-and-forward/buffer-reader.ts';
import type { ForwardBuffer } from './store-and-forward/forward-buffer.ts';
import { findNativeBinding } from './store-and-forward/native-binding.ts';
import { SqliteForwardBuffer } from './store-and-forward/sqlite-forward-buffer.ts';

/** The file of a stopped gateway may grow by this much: what a command enters, not what a gateway collects. */
const ROOM_BYTES = 32 * 1024 * 1024;

/** What commands may change in a buffer. */
export type ChangeableBuffer = Pick<ForwardBuffer, 'countPurge' | 'purge' | 'retryDeadLetters' | 'close'>;

const bufferFolder = (dataFolder: string): string => join(dataFolder, 'buffer');

/** Opens the buffer of the gateway for reading; the gateway may run. */
export const openBufferReader = (dataFolder: string): BufferReader =>
  new BufferReader(bufferFolder(dataFolder), findNativeBinding().nativeBinding);

/** The process id of the gateway that runs there, undefined when none answers. */
export async function findGateway(dataFolder: string): Promise<number | undefined> {
  return (await askGateway(dataFolder, { command: 'status' }, systemClock))?.pid;
}

/**
 * Lets the gateway that runs there apply a site file; undefined when none answers.
 * @throws EngineError `config/…` of the gateway, when the file is not right.
 */
export const applySite = (
  dataFolder: string,
  request: Omit<Extract<ControlRequest, { command: 'apply-site' }>, 'command'>,
): Promise<SiteChangeResult | undefined> => askGateway(dataFolder, { command: 'apply-site', ...request }, systemClock);

/**
 * The buffer for changing it: through the gateway when it runs, else the file itself, locked.
 * @throws EngineError `store-and-forward/no-buffer`, `…/folder-in-use` when the gateway runs and does not answer.
 */
export async function openChangeableBuffer(dataFolder: string): Promise<ChangeableBuffer> {
  return (await findGateway(dataFolder)) === undefined ? openStoppedBuffer(dataFolder) : throughGateway(dataFolder);
}

/**
 * The buffer of a gateway that does not run, locked.
 * @throws EngineError `store-and-forward/no-buffer`, `…/folder-in-use`.
 */
export function openStoppedBuffer(dataFolder: string): SqliteForwardBuffer {
  // The reader says it best when there is no buffer, and keeps this from making one.
  openBufferReader(dataFolder).close();
  const folder = bufferFolder(dataFolder);
  const limitBytes = statSync(bufferFilePath(folder)).size + ROOM_BYTES;
  return new SqliteForwardBuffer({ folder, limitBytes, whenFull: 'drop-newest', ...findNativeBinding() }, systemClock);
}

function throughGateway(dataFolder: string): ChangeableBuffer {
  const gone = (): never => {
    throw new EngineError('control/closed', 'the gateway has stopped meanwhile: run the command again');
  };
  return {
    countPurge: async (filter) =>
      (await askGateway(dataFolder, { command: 'count-purge', filter }, systemClock)) ?? gone(),
    purge: async (filter) => (await askGateway(dataFolder, { command: 'purge', filter }, systemClock)) ?? gone(),
    retryDeadLetters: async () =>
      (await askGateway(dataFolder, { command: 'retry-dead-letters' }, systemClock)) ?? gone(),
    close: () => Promise.resolve(),
  };
}
