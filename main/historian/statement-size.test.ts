import { expect, it } from 'vitest';
import { StatementSize } from './statement-size.ts';

it('halves what ran into the timeout, down to a size that cannot be the cause', () => {
  const size = new StatementSize();
  expect(size.rowLimit).toBe(50_000);
  size.timedOut(8_000);
  expect(size.rowLimit).toBe(4_000);
  for (let times = 0; times < 10; times++) size.timedOut(size.rowLimit);
  expect(size.rowLimit).toBe(100);
});

it('grows again with each full success, up to what compressed chunks take in one transaction', () => {
  const size = new StatementSize();
  size.timedOut(400);
  size.succeeded(199);
  expect(size.rowLimit).toBe(200);
  size.succeeded(200);
  expect(size.rowLimit).toBe(400);
  for (let times = 0; times < 10; times++) size.succeeded(50_000);
  expect(size.rowLimit).toBe(50_000);
});
