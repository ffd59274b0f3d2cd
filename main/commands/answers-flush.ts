import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Resolves as soon as the disk of the folder has flushed a file or has refused to: an answer, whatever it is. Stays
 * pending for as long as the disk hangs.
 */
export async function answersFlush(folder: string): Promise<void> {
  const path = join(folder, `flush-${process.pid}.probe`);
  try {
    const file = await open(path, 'w', 0o600);
    await file.sync().finally(() => file.close());
    await rm(path, { force: true });
  } catch {
    // Full, read-only, gone: it does not hang.
  }
}
