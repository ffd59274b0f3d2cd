import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeDeadLocks } from './dead-locks.ts';

it('removes the locks a killed gateway left, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-trust-'));
  mkdirSync(join(folder, 'own', 'certs'), { recursive: true });
  const lock = join(folder, 'own', 'certs', 'client_certificate.pem.mutex.lock');
  const kept = join(folder, 'own', 'certs', 'client_certificate.pem');
  for (const file of [lock, kept]) writeFileSync(file, '');
  mkdirSync(join(folder, 'mutex.lock'));
  await removeDeadLocks(folder);
  expect([existsSync(lock), existsSync(join(folder, 'mutex.lock')), existsSync(kept)]).toEqual([false, false, true]);
  rmSync(folder, { recursive: true });
});
