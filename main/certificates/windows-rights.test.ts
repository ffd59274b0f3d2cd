import { describe, expect, it } from 'vitest';
import { restrictToOwner, toAccountName, toIcaclsWords } from './windows-rights.ts';

describe('the rights of a key on Windows', () => {
  it('takes what is inherited away and lets in owner, system and administrators only', () => {
    expect(toIcaclsWords('C:\\keys\\line.key', 'PLANT\\svc', false)).toEqual([
      'C:\\keys\\line.key',
      '/inheritance:r',
      '/grant:r',
      'PLANT\\svc:F',
      '*S-1-5-18:F',
      '*S-1-5-32-544:F',
      '/q',
    ]);
  });

  it('hands the rights of a folder on to the files in it', () => {
    expect(toIcaclsWords('C:\\keys', 'svc', true)).toContain('svc:(OI)(CI)F');
  });

  it('names the domain of the account where there is one', () => {
    expect(toAccountName({ USERDOMAIN: 'PLANT' }, 'svc')).toBe('PLANT\\svc');
    expect(toAccountName({}, 'svc')).toBe('svc');
  });

  it('runs icacls on Windows, and nothing elsewhere', async () => {
    const calls: string[] = [];
    const run = (program: string, [path = '']: readonly string[]): Promise<void> => {
      calls.push(`${program} ${path}`);
      return Promise.resolve();
    };
    await restrictToOwner('key', false, 'linux', run);
    await restrictToOwner('key', false, 'win32', run);
    expect(calls).toEqual(['icacls key']);
  });
});
