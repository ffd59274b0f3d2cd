import { useCallback, useDeferredValue, useState } from 'react';
import type { TagRow } from '../../../shared/domain/listings.ts';
import { useTickMs } from '../../app/page-clock.ts';
import { type LiveSnapshot, useLiveSnapshot, useWorkbench } from '../../app/use-engine.ts';
import { type LivePages, usePagedRows } from '../../components/use-paged-rows.ts';

export interface TagsAccess {
  readonly live: LiveSnapshot | null;
  readonly pages: LivePages<TagRow>;
  readonly search: string;
  readonly setSearch: (text: string) => void;
}

/** The tags in sight with their last values, read again each second. */
export function useTags(startSearch: string): TagsAccess {
  const workbench = useWorkbench();
  const live = useLiveSnapshot();
  const tickMs = useTickMs();
  const [search, setSearch] = useState(startSearch);
  const asked = useDeferredValue(search);
  const load = useCallback(
    (fromIndex: number, maxRows: number) => workbench.tags.page({ fromIndex, maxRows, search: asked }),
    [workbench, asked],
  );
  return { live, pages: usePagedRows(load, tickMs), search, setSearch };
}
