import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes the locks that a killed gateway left in its certificate store: the library would wait two minutes for
 * their owner. Only for the one gateway that holds the data folder, before its first connection.
 */
export async function removeDeadLocks(trustFolder: string): Promise<void> {
  const locks = ['mutex.lock', join('own', 'certs', 'client_certificate.pem.mutex.lock')];
  await Promise.all(locks.map((lock) => rm(join(trustFolder, lock), { recursive: true, force: true })));
}
