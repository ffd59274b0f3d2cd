import { useSyncExternalStore } from 'react';
import { useAccess } from './use-engine.ts';
import type { RunningWork } from './work-store.ts';

/** All long work that runs, of all screens. */
export function useRunningWork(): readonly RunningWork[] {
  const { works } = useAccess();
  return useSyncExternalStore(works.onChange, works.read);
}
