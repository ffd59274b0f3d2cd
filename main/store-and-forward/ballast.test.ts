import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Ballast } from './ballast.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-ballast-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the ballast', () => {
  it('holds a tenth of the limit, at most 8 MiB, until it is given back', () => {
    const path = join(root, 'small');
    const ballast = new Ballast(path, 1_000_000);
    expect(ballast.release(), 'nothing to give back yet').toBe(0);
    expect(ballast.restore(0)).toBe(true);
    expect(statSync(path).size).toBe(100_000);
    expect(ballast.release()).toBe(100_000);
    expect(existsSync(path)).toBe(false);
    const large = new Ballast(join(root, 'large'), 500_000_000);
    large.restore(0);
    expect(statSync(join(root, 'large')).size).toBe(8 * 1024 * 1024);
  });

  it('is taken again 5 s after the last look, because changes are dropped meanwhile', () => {
    const ballast = new Ballast(join(root, 'again'), 1_000_000);
    ballast.restore(0);
    ballast.release();
    expect(ballast.restore(4_999)).toBe(false);
    expect(ballast.restore(5_000)).toBe(true);
    expect(ballast.restore(64_999), 'looks once a minute while it is there').toBe(false);
  });
});
