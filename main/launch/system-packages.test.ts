import { describe, expect, it } from 'vitest';
import { describeMissing } from './system-packages.ts';

describe('describeMissing', () => {
  it('names the packages, the command that brings them and only what really cannot run', () => {
    const text = describeMissing(['window', 'compiler'], [{ debianPackage: 'g++', command: 'g++' }]);
    expect(text).toContain('apt-get install --no-install-recommends g++');
    expect(text).toContain('SQLite cannot be compiled');
    expect(text).not.toContain('window');
  });
});
