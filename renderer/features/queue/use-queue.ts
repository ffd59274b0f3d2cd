import { useCallback, useDeferredValue, useEffect, useState } from 'react';
import type { EngineSnapshot } from '../../../shared/domain/engine-snapshot.ts';
import type { LossEntry, QueueRow } from '../../../shared/domain/listings.ts';
import { useTickMs } from '../../app/page-clock.ts';
import { useLiveSnapshot, useWorkbench } from '../../app/use-engine.ts';
import { toFailure } from '../../bridge.ts';
import { type LivePages, usePagedRows } from '../../components/use-paged-rows.ts';

/** What the list is narrowed to; null is all. */
export interface QueueOnly {
  readonly state: QueueRow['state'] | null;
  readonly priority: QueueRow['priority'] | null;
}

export interface QueueAccess {
  readonly live: { readonly snapshot: EngineSnapshot; readonly nowMs: number } | null;
  readonly pages: LivePages<QueueRow>;
  readonly losses: readonly LossEntry[];
  readonly lossFailure: string | null;
  readonly search: string;
  readonly setSearch: (text: string) => void;
  readonly only: QueueOnly;
  readonly setOnly: (only: QueueOnly) => void;
  /** False where no session is born: then the next birth does it. */
  readonly sendAgain: () => Promise<boolean>;
}

/** The buffer's figures, its rows in sight (again each second) and the ledger (again when something is lost). */
export function useQueue(): QueueAccess {
  const workbench = useWorkbench();
  const live = useLiveSnapshot();
  const tickMs = useTickMs();
  const [search, setSearch] = useState('');
  const [only, setOnly] = useState<QueueOnly>({ state: null, priority: null });
  const asked = useDeferredValue(search);
  const load = useCallback(
    (fromIndex: number, maxRows: number) =>
      workbench.queue.page({
        fromIndex,
        maxRows,
        search: asked,
        filter: only.priority === null ? {} : { priority: only.priority },
        ...(only.state === null ? {} : { state: only.state }),
      }),
    [workbench, asked, only],
  );
  const pages = usePagedRows(load, tickMs);
  const { losses, failure } = useLosses(live?.snapshot.buffer.droppedCount ?? 0);
  const sendAgain = useCallback(() => workbench.queue.sendAgain(undefined), [workbench]);
  return { live, pages, losses, lossFailure: failure, search, setSearch, only, setOnly, sendAgain };
}

function useLosses(droppedCount: number): { readonly losses: readonly LossEntry[]; readonly failure: string | null } {
  const workbench = useWorkbench();
  const [state, setState] = useState<{ losses: readonly LossEntry[]; failure: string | null }>({
    losses: [],
    failure: null,
  });
  useEffect(() => {
    let isWanted = true;
    workbench.queue
      .losses(undefined)
      .then((losses) => {
        if (isWanted) setState({ losses, failure: null });
      })
      .catch((error: unknown) => {
        if (isWanted) setState((last) => ({ ...last, failure: toFailure(error).text }));
      });
    return () => {
      isWanted = false;
    };
  }, [workbench, droppedCount]);
  return state;
}
