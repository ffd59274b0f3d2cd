import { describe, expect, it } from 'vitest';
import { crashPoint, parseCrashPlan } from './crash-point.ts';

const BUILT = 'file:///opt/lineside/dist/main/service.js';

describe('the crash points of the fault tests', () => {
  it('end the process at the named moment, at the first time or at the nth', () => {
    expect(parseCrashPlan('mid-drop', BUILT)).toEqual({ point: 'mid-drop', nth: 1 });
    expect(parseCrashPlan('before-commit:12', BUILT)).toEqual({ point: 'before-commit', nth: 12 });
  });

  it('do nothing where the variable is not set', () => {
    expect(parseCrashPlan(undefined, BUILT)).toBeUndefined();
    expect(() => crashPoint('before-commit')).not.toThrow();
  });

  it('are not there in the packaged application', () => {
    const packaged = 'file:///opt/lineside/resources/app.asar/dist/main/index.js';
    expect(parseCrashPlan('mid-drop', packaged)).toBeUndefined();
    expect(parseCrashPlan('nonsense', packaged)).toBeUndefined();
  });

  it.each(['mid-drob', 'mid-drop:0', 'mid-drop:x', ':2'])('are refused when misspelt: %s', (text) => {
    expect(() => parseCrashPlan(text, BUILT)).toThrow(
      expect.objectContaining({ code: 'platform/crash-point-unknown' }),
    );
  });
});
