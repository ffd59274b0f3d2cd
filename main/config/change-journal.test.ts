import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendToJournal } from './change-journal.ts';

describe('the journal of changes', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineside-journal-'));
    file = join(folder, 'changes.jsonl');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has a line for each change, for its user alone', async () => {
    await appendToJournal(file, { at: 1 });
    await appendToJournal(file, { at: 2 });
    expect(await readFile(file, 'utf8')).toBe('{"at":1}\n{"at":2}\n');
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  it('begins a new line after one that was cut short', async () => {
    await appendToJournal(file, { at: 1 });
    await appendFile(file, '{"at"');
    await appendToJournal(file, { at: 2 });
    expect((await readFile(file, 'utf8')).split('\n')).toEqual(['{"at":1}', '{"at"', '{"at":2}', '']);
  });
});
