import { open } from 'node:fs/promises';

const LINE_END = 10;

/** Appends one JSON line and flushes it to disk. A line that an earlier end of the power cut short stays alone. */
export async function appendToJournal(file: string, entry: object): Promise<void> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const last = size === 0 ? undefined : (await handle.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0];
    const isTorn = last !== undefined && last !== LINE_END;
    await handle.appendFile(`${isTorn ? '\n' : ''}${JSON.stringify(entry)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
