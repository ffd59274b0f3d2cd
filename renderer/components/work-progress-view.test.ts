import { describe, expect, it } from 'vitest';
import { toWorkProgressView } from './work-progress-view.ts';

const progress = { workId: 'w', title: 'Import', phase: 'running', doneCount: 12_400, text: 'rows read' } as const;

describe('progress of long work', () => {
  it('gives the share and the count where the total is known', () => {
    expect(toWorkProgressView({ ...progress, totalCount: 100_000 }, 8_000)).toEqual({
      percent: 12.4,
      text: '12,400 of 100,000 rows read, 8 s',
    });
  });

  it('counts on without a share where the end is not known', () => {
    expect(toWorkProgressView({ ...progress, totalCount: null }, 0)).toEqual({
      percent: null,
      text: '12,400 rows read, 0 s',
    });
  });

  it('names the step where nothing is counted, and says that it is being cancelled', () => {
    const stopping = { ...progress, doneCount: 0, totalCount: null, text: 'stopping the engine' };
    expect(toWorkProgressView(stopping, 61_000).text).toBe('stopping the engine, 1 min');
    expect(toWorkProgressView({ ...stopping, phase: 'cancelling' }, 0).text).toBe('Cancelling, 0 s');
    expect(toWorkProgressView(null, 3_000)).toEqual({ percent: null, text: '3 s' });
  });
});
