import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { PagedRows, type PagedState, type RowPage } from './paged-rows.ts';

export interface LivePages<Row> {
  readonly state: PagedState;
  readonly rowAt: (index: number) => Row | undefined;
  readonly onRange: (fromIndex: number, rowCount: number) => void;
}

/** Rows in sight, loaded again whenever `refreshKey` changes; a new `load` starts a new list. */
export function usePagedRows<Row>(
  load: (fromIndex: number, maxRows: number) => Promise<RowPage<Row>>,
  refreshKey: number,
): LivePages<Row> {
  const paged = useMemo(() => new PagedRows<Row>(load), [load]);
  const state = useSyncExternalStore(paged.onChange, paged.read);
  useEffect(() => paged.refresh(), [paged, refreshKey]);
  const rowAt = useCallback((index: number) => paged.rowAt(index), [paged]);
  const onRange = useCallback((fromIndex: number, rowCount: number) => paged.show(fromIndex, rowCount), [paged]);
  return { state, rowAt, onRange };
}
