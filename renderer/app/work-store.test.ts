import { describe, expect, it } from 'vitest';
import type { WorkProgress } from '../../shared/domain/work-progress.ts';
import type { LinesideWorkbench } from '../bridge.ts';
import { createWorkStore } from './work-store.ts';

const progressOf = (change: Partial<WorkProgress> = {}): WorkProgress => ({
  workId: 'one',
  title: 'Browse line',
  phase: 'running',
  doneCount: 0,
  totalCount: null,
  text: '',
  ...change,
});

function storeOf(listed: Promise<WorkProgress[]>) {
  let tell: (progress: WorkProgress) => void = () => {};
  const work = {
    list: () => listed,
    cancel: () => Promise.resolve(undefined),
    onProgress: (listener: typeof tell) => {
      tell = listener;
      return () => {};
    },
  };
  const store = createWorkStore({ work } as unknown as LinesideWorkbench, () => 7);
  return { store, tell: (progress: WorkProgress) => tell(progress) };
}

describe('work store', () => {
  it('shows a work from its first fact to its last', () => {
    const { store, tell } = storeOf(Promise.resolve([]));
    tell(progressOf());
    tell(progressOf({ doneCount: 500, text: 'nodes' }));
    expect(store.read()).toMatchObject([{ workId: 'one', doneCount: 500, sinceMonotonicMs: 7 }]);
    tell(progressOf({ phase: 'ended' }));
    expect(store.read()).toEqual([]);
  });

  it('finds what runs already after the page was loaded again', async () => {
    const listed = Promise.resolve([progressOf({ doneCount: 3 })]);
    const { store } = storeOf(listed);
    await listed;
    await Promise.resolve();
    expect(store.read()).toMatchObject([{ doneCount: 3 }]);
  });

  it('does not bring back a work that ended while the list was on its way', async () => {
    let answer: (works: WorkProgress[]) => void = () => {};
    const listed = new Promise<WorkProgress[]>((resolve) => (answer = resolve));
    const { store, tell } = storeOf(listed);
    tell(progressOf({ phase: 'ended' }));
    answer([progressOf()]);
    await listed;
    await Promise.resolve();
    expect(store.read()).toEqual([]);
  });
});
