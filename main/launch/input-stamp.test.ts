import { describe, expect, it } from 'vitest';
import { type InputFile, isBuildInput, stampOf } from './input-stamp.ts';

const a: InputFile = { path: 'main/a.ts', sizeBytes: 10, modifiedAtMs: 1_000 };
const b: InputFile = { path: 'main/b.ts', sizeBytes: 20, modifiedAtMs: 2_000 };

describe('stampOf', () => {
  it('does not depend on the order in which files are found', () => {
    expect(stampOf([a, b])).toBe(stampOf([b, a]));
  });

  it.each([
    ['removed', [a]],
    ['renamed', [a, { ...b, path: 'main/c.ts' }]],
    ['resized', [a, { ...b, sizeBytes: 21 }]],
    ['written again', [a, { ...b, modifiedAtMs: 2_001 }]],
  ])('changes when a file is %s', (_what, files) => {
    expect(stampOf(files)).not.toBe(stampOf([a, b]));
  });
});

describe('isBuildInput', () => {
  it('leaves tests out and keeps files that only sound like tests', () => {
    expect(isBuildInput('main/a.test.ts')).toBe(false);
    expect(isBuildInput('main/a.parts.test.ts')).toBe(false);
    expect(isBuildInput('renderer/a.test.tsx')).toBe(false);
    expect(isBuildInput('main/launch/test.ts')).toBe(true);
    expect(isBuildInput('main/historian/migrations/0001_a.sql')).toBe(true);
  });
});
