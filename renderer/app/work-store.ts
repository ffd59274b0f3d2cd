import type { WorkProgress } from '../../shared/domain/work-progress.ts';
import type { LinesideWorkbench } from '../bridge.ts';
import { monotonicMs } from './page-clock.ts';

/** A work that runs, with the time since this window knows of it. */
export type RunningWork = WorkProgress & { readonly sinceMonotonicMs: number };

export interface WorkStore {
  /** In the order they began; the same array until something changes. */
  read(): readonly RunningWork[];
  onChange(listener: () => void): () => void;
}

/** All long work of the engine, whichever screen ordered it: leaving a screen hides no progress. */
export function createWorkStore(workbench: LinesideWorkbench, nowMs: () => number = monotonicMs): WorkStore {
  let running: readonly RunningWork[] = [];
  const ended = new Set<string>();
  const listeners = new Set<() => void>();
  const take = (progress: WorkProgress): void => {
    const known = running.find(({ workId }) => workId === progress.workId);
    if (progress.phase === 'ended') {
      ended.add(progress.workId);
      running = running.filter((work) => work !== known);
    } else if (known === undefined) running = [...running, { ...progress, sinceMonotonicMs: nowMs() }];
    else running = running.map((work) => (work === known ? { ...known, ...progress } : work));
    for (const listener of [...listeners]) listener();
  };
  workbench.work.onProgress(take);
  workbench.work
    .list(undefined)
    .then((works) => {
      // What was told meanwhile is newer than this answer.
      const isKnown = (id: string): boolean => ended.has(id) || running.some(({ workId }) => workId === id);
      for (const work of works) if (!isKnown(work.workId)) take(work);
    })
    // Without it only works that begin from now on are shown.
    .catch(() => undefined);
  return {
    read: () => running,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
