import { useMemo } from 'react';
import type { OeeSnapshot } from '../../../shared/domain/oee-snapshot.ts';
import { TIME_CLASSES, type TimeClass } from '../../../shared/oee/time-class.ts';
import { useLiveSnapshot } from '../../app/use-engine.ts';
import { toTrendPicture, type TrendPicture } from '../../chart/trend-series.ts';
import {
  type AxisView,
  type TileView,
  type TimelineView,
  toAxis,
  toEquipmentList,
  toLegend,
  toTileView,
  toTimelineView,
  toTrendInputs,
} from './oee-view.ts';

export interface OeeViews {
  readonly tiles: readonly TileView[];
  readonly timelines: readonly TimelineView[];
  readonly trend: TrendPicture | null;
  readonly axis: AxisView;
  readonly legend: readonly TimeClass[];
  readonly timeZone: string;
}

const REDRAW_MS = 5_000;

/** Null while the engine starts; `oee` null while the historian has nothing to judge, or is not here. */
export function useOee(): { readonly oee: OeeViews | null; readonly isIngestHere: boolean } | null {
  const live = useLiveSnapshot();
  const oee = live?.snapshot.oee ?? null;
  const trend = useTrend(oee);
  if (live === null) return null;
  const { isIngestHere } = live.snapshot;
  if (oee === null) return { oee: null, isIngestHere };
  const equipment = toEquipmentList(oee);
  const { timeZone } = live.snapshot.site;
  const isProvisional = oee.shift !== null && oee.takenAtMs < oee.shift.toMs;
  return {
    isIngestHere,
    oee: {
      tiles: equipment.map((entry) => toTileView(entry, live.nowMs, isProvisional)),
      timelines: equipment.filter((entry) => entry.timeline.length > 0).map((entry) => toTimelineView(entry, timeZone)),
      trend,
      axis: toAxis(oee, timeZone),
      legend: toLegend(equipment, TIME_CLASSES),
      timeZone,
    },
  };
}

/** The chart is the dearest thing to draw: it follows every few seconds, not every snapshot. */
function useTrend(oee: OeeSnapshot | null): TrendPicture | null {
  const stamp = oee === null ? null : Math.floor(oee.takenAtMs / REDRAW_MS);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `stamp` stands for `oee`, which is new each time
  return useMemo(() => (oee === null ? null : toTrendPicture(toTrendInputs(oee))), [stamp]);
}
