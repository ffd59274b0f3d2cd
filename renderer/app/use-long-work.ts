import { useCallback, useState, useSyncExternalStore } from 'react';
import { toFailure } from '../bridge.ts';
import { useAccess, useWorkbench } from './use-engine.ts';
import type { RunningWork } from './work-store.ts';

export type LongWork<T> =
  | { readonly phase: 'idle' }
  /** `progress` is null for the moment until the engine has told of it. */
  | { readonly phase: 'running'; readonly title: string; readonly progress: RunningWork | null }
  | { readonly phase: 'done'; readonly value: T }
  | { readonly phase: 'cancelled'; readonly text: string }
  | { readonly phase: 'failed'; readonly code: string; readonly text: string };

export interface LongWorkControl<T> {
  readonly work: LongWork<T>;
  /**
   * Orders the work: `start('Import a.csv', (workId) => workbench.tags.import({ workId, … }))`. Answers undefined
   * where it was cancelled or failed; `work` says which, with the sentence.
   */
  start(title: string, order: (workId: string) => Promise<T>): Promise<T | undefined>;
  cancel(): void;
  /** Back to idle: what was done has been read. */
  forget(): void;
}

type Kept<T> = Exclude<LongWork<T>, { phase: 'running' }> | { phase: 'running'; title: string; workId: string };

/** One long work of a screen at a time, its progress and its end. Draw it with `WorkBar`. */
export function useLongWork<T>(): LongWorkControl<T> {
  const workbench = useWorkbench();
  const running = useRunningWork();
  const [kept, setKept] = useState<Kept<T>>({ phase: 'idle' });
  const start = useCallback(async (title: string, order: (workId: string) => Promise<T>): Promise<T | undefined> => {
    const workId = crypto.randomUUID();
    setKept({ phase: 'running', title, workId });
    try {
      const value = await order(workId);
      setKept({ phase: 'done', value });
      return value;
    } catch (error) {
      const { code, text } = toFailure(error);
      setKept(code === 'work/cancelled' ? { phase: 'cancelled', text } : { phase: 'failed', code, text });
      return undefined;
    }
  }, []);
  const work: LongWork<T> =
    kept.phase === 'running'
      ? { ...kept, progress: running.find(({ workId }) => workId === kept.workId) ?? null }
      : kept;
  return {
    work,
    start,
    // The work says by its own end that it was cancelled.
    cancel: () => {
      if (kept.phase === 'running') workbench.work.cancel({ workId: kept.workId }).catch(() => undefined);
    },
    forget: () => setKept({ phase: 'idle' }),
  };
}

/** All long work that runs, of all screens. */
export function useRunningWork(): readonly RunningWork[] {
  const { works } = useAccess();
  return useSyncExternalStore(works.onChange, works.read);
}
