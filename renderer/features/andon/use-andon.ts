import { useEffect, useMemo } from 'react';
import { useLiveSnapshot } from '../../app/use-engine.ts';
import { useShiftFeed } from '../shift/use-shift-feed.ts';
import { type AndonView, toAndonView } from './andon-view.ts';

export interface AndonAccess {
  readonly view: AndonView | null;
  readonly shiftFromMs: number | null;
  readonly timeZone: string;
}

/** State and timer from every snapshot, the figures from the shift of the line; null while there is no engine. */
export function useAndon(): AndonAccess | null {
  const live = useLiveSnapshot();
  const oee = live?.snapshot.oee ?? null;
  const lineId = oee?.line?.equipmentId ?? oee?.machines[0]?.equipmentId ?? null;
  const ids = useMemo(() => (lineId === null ? [] : [lineId]), [lineId]);
  const { shifts } = useShiftFeed(ids, null);
  if (live === null) return null;
  const shift = lineId === null ? null : (shifts.get(lineId)?.shift ?? null);
  const { timeZone } = live.snapshot.site;
  return {
    timeZone,
    shiftFromMs: shift?.shift?.fromMs ?? null,
    view: oee === null ? null : toAndonView({ oee, shift, timeZone, nowMs: live.nowMs, silentMs: live.silentMs }),
  };
}

/** Escape leaves, unless something that lies above took it. */
export function useEscape(onLeave: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && document.querySelector('[role="dialog"]') === null)
        onLeave();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onLeave]);
}
