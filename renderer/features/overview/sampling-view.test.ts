import { describe, expect, it } from 'vitest';
import type { SamplingSnapshot } from '../../../shared/domain/sampling-snapshot.ts';
import { NOW_MS, snapshotOf } from '../../../shared/testing/snapshot-fixture.ts';
import { toSamplingView } from './sampling-view.ts';

const viewOf = (changes: Partial<SamplingSnapshot>) =>
  toSamplingView(snapshotOf({ sampling: { ...snapshotOf().sampling, ...changes } }), NOW_MS);

describe('toSamplingView', () => {
  it('names the numbers of the loop while sampling is normal, and no cost that never was', () => {
    expect(viewOf({})).toEqual({
      isSlow: false,
      now: '140 waiting',
      text: 'Slows to 2,000 ms when more than 1,000 rows wait, back below 500. 20 tags exempt.',
      cost: null,
      changes: [],
    });
  });

  it('says since when it is slow, for which share of the tags, and what that cost', () => {
    const view = viewOf({
      phase: 'slow',
      sinceMs: NOW_MS - 134_000,
      slowedTagCount: 392,
      total: { changeCount: 3, slowMs: 134_000, samplesNotTakenAtMost: 183_848 },
    });
    expect(view.text).toBe(
      'Slowed to 2,000 ms since 10:45:46, 2 min: 392 of 412 tags (95.1 %), 20 exempt. Back to normal below 500 waiting rows.',
    );
    expect(view.cost).toBe('Slow for 2 min in all: at most 183,848 samples not taken.');
  });

  it('says what is left out of the estimate', () => {
    const view = viewOf({
      uncountedTagCount: 2,
      total: { changeCount: 1, slowMs: 5_000, samplesNotTakenAtMost: 1 },
    });
    expect(view.cost).toBe('Slow for 5 s in all: at most 1 sample not taken, not counting 2 tags without a rate.');
  });

  it('says what is about to happen during the transition delay', () => {
    expect(viewOf({ wishSinceMs: NOW_MS }).text).toContain('unless the queue falls below 500');
    expect(viewOf({ phase: 'slow', wishSinceMs: NOW_MS }).text).toContain('Goes back to normal now.');
  });

  it('shows the last three changes, newest first, with the depth that decided', () => {
    const change = { waitingRows: 1_204, lastedMs: 75_000, isOver: true, samplesNotTakenAtMost: 9 };
    const changes = [1, 2, 3, 4].map((minute) => ({
      ...change,
      phase: minute % 2 === 0 ? ('normal' as const) : ('slow' as const),
      atMs: NOW_MS - 600_000 + minute * 60_000,
      isOver: minute < 4,
    }));
    expect(viewOf({ changes }).changes.map(({ text }) => text)).toEqual([
      '10:42:00 normal at 1,204 rows, until now',
      '10:41:00 slow at 1,204 rows, for 1 min',
      '10:40:00 normal at 1,204 rows, for 1 min',
    ]);
  });
});
