import { access, constants, mkdir } from 'node:fs/promises';
import { describeError, EngineError } from '../platform/engine-error.ts';

/**
 * Makes the data folder where it is not there, for its owner only.
 * @throws EngineError `store-and-forward/folder-unusable` when it cannot be made or written.
 */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const text = `the data folder ${folder} cannot be used: ${describeError(cause)}. Name another one after --data.`;
    throw new EngineError('store-and-forward/folder-unusable', text, { folder }, { cause });
  }
}
