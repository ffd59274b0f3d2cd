import { describe, expect, it } from 'vitest';
import { parseGypDefines } from './gyp-defines.ts';

describe('parseGypDefines', () => {
  it('reads every define of the list and none of its comments', () => {
    const text = `# 'NOT_THIS'\n{\n  'defines': [\n    'SQLITE_DQS=0', # 'NOR_THIS'\n    'SQLITE_DEFAULT_CACHE_SIZE=-16000',\n  ],\n  'other': ['X'],\n}\n`;
    expect(parseGypDefines(text)).toEqual(['SQLITE_DQS=0', 'SQLITE_DEFAULT_CACHE_SIZE=-16000']);
  });

  it('refuses a file without defines, since SQLite would be built with other semantics', () => {
    expect(() => parseGypDefines(`{ 'targets': [] }`)).toThrow(/no defines/);
  });
});
