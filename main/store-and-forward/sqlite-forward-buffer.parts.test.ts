import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { describeForwardBuffer } from './forward-buffer-promises.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';
import { WorkerForwardBuffer } from './worker-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-buffer-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const newFolder = (): string => mkdtempSync(join(root, 'case-'));

describeForwardBuffer('SQLite file', (options) =>
  Promise.resolve(new SqliteForwardBuffer({ folder: newFolder(), ...options }, systemClock)),
);

describeForwardBuffer('SQLite file in a thread of its own', (options) =>
  WorkerForwardBuffer.open({ folder: newFolder(), ...options }),
);
