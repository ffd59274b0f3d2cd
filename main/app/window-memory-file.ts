import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { parseWindowMemory, type WindowMemory } from './window-memory.ts';

export interface WindowMemoryFile {
  read(): WindowMemory;
  /** Replaces the given fields; on disk at once, atomically. */
  update(change: Partial<WindowMemory>): void;
}

/** Keeps the memory in one small file. A failed write is logged and costs the size of a window, nothing more. */
export function openWindowMemoryFile(file: string, log: Log): WindowMemoryFile {
  let memory = parseWindowMemory(readText(file));
  return {
    read: () => memory,
    update(change) {
      memory = { ...memory, ...change };
      try {
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(`${file}.new`, JSON.stringify(memory), { mode: 0o600 });
        renameSync(`${file}.new`, file);
      } catch (error) {
        log.warn('size and place of the window could not be kept', { file, cause: describeError(error) });
      }
    },
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No file yet: the first start.
    return '';
  }
}
