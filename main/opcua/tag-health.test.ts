import { describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { TagHealth } from './tag-health.ts';

const id = (index: number): TagId => `M.${index}` as TagId;

describe('tag health', () => {
  it('counts each tag once, by what was heard last', () => {
    const health = new TagHealth();
    health.note(id(1), null);
    health.note(id(2), 'BadSensorFailure');
    health.note(id(2), 'BadSensorFailure');
    expect(health.snapshot()).toMatchObject({ goodCount: 1, badCount: 1 });
    health.note(id(2), null);
    health.note(id(1), 'BadNoData');
    expect(health.snapshot()).toMatchObject({ goodCount: 1, badTags: [{ tagId: 'M.1', reason: 'BadNoData' }] });
  });

  it('lists twenty bad tags and counts all', () => {
    const health = new TagHealth();
    for (let index = 0; index < 50; index++) health.note(id(index), 'BadNoData');
    expect(health.snapshot().badTags.length).toBe(20);
    expect(health.snapshot().badCount).toBe(50);
  });

  it('forgets tags but not lost values when the server is gone', () => {
    const health = new TagHealth();
    health.note(id(1), null);
    health.noteOverflow();
    health.forget();
    expect(health.snapshot()).toEqual({ goodCount: 0, badTags: [], badCount: 0, oddTimeCount: 0, overflowCount: 1 });
  });
});
