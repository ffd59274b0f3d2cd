import { useMemo, useSyncExternalStore } from 'react';
import type { NewNotice, NoticeEntry } from './notice-store.ts';
import { useAccess } from './use-engine.ts';

export interface Notify {
  /** Something to know: what, and what to do next. Shown at the foot of the window, and kept in the list. */
  tell(notice: NewNotice): void;
  /** A call failed: `failed('Queue', 'Export the queue', error)`. */
  failed(stage: string, what: string, error: unknown): void;
}

/** For what a screen cannot say in its own place, such as work that ends after the person has left it. */
export function useNotify(): Notify {
  const { notices } = useAccess();
  return useMemo(() => ({ tell: notices.add, failed: notices.addFailure }), [notices]);
}

/** Past and present ones, the newest first. */
export function useNotices(): {
  readonly entries: readonly NoticeEntry[];
  readonly close: (id: number) => void;
} {
  const { notices } = useAccess();
  return { entries: useSyncExternalStore(notices.onChange, notices.read), close: notices.close };
}
