import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useTickMs } from '../../app/page-clock.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { type FedShifts, ShiftFeed } from './shift-feed.ts';

const REFRESH_MS = 5_000;

/**
 * The shift of each of the equipment that began at `shiftFromMs` (null: the running one), again every five seconds, at
 * once when a shift is revised, and when `refresh` is called after an act.
 */
export function useShiftFeed(
  equipmentIds: readonly string[],
  shiftFromMs: number | null,
): { readonly shifts: FedShifts; readonly refresh: () => void } {
  const workbench = useWorkbench();
  // A new list of the same names is no new feed.
  const names = JSON.stringify(equipmentIds);
  const feed = useMemo(
    () =>
      new ShiftFeed(
        workbench.oee.shift,
        (JSON.parse(names) as string[]).map((equipmentId) => ({ equipmentId, shiftFromMs })),
      ),
    [workbench, names, shiftFromMs],
  );
  const shifts = useSyncExternalStore(feed.onChange, feed.read);
  const refresh = useCallback(() => void feed.refresh(), [feed]);
  const round = Math.floor(useTickMs() / REFRESH_MS);
  useEffect(() => refresh(), [refresh, round]);
  useEffect(() => workbench.oee.onRevised(refresh), [workbench, refresh]);
  return { shifts, refresh };
}
