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

const MINUTE_MS = 60_000;

/** Null while the engine starts; `oee` null while the historian has nothing to judge. */
export function useOee(): { readonly oee: OeeViews | null } | null {
  const live = useLiveSnapshot();
  const oee = live?.snapshot.oee ?? null;
  const trend = useTrend(oee);
  if (live === null) return null;
  if (oee === null) return { oee: null };
  const equipment = toEquipmentList(oee);
  const { timeZone } = live.snapshot.site;
  const isProvisional = oee.shift !== null && oee.takenAtMs < oee.shift.toMs;
  return {
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

/** The picture changes when a point is added, not with each snapshot: the chart is the dearest thing to draw. */
function useTrend(oee: OeeSnapshot | null): TrendPicture | null {
  const inputs = oee === null ? [] : toTrendInputs(toEquipmentList(oee));
  const stamp = inputs.map((input) => {
    const last = input.points.at(-1);
    return `${input.id} ${input.points.length} ${Math.floor((last?.atMs ?? 0) / MINUTE_MS)} ${(last?.oee ?? -1).toFixed(3)}`;
  });
  const key = stamp.join('|');
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `key` stands for `inputs`, which is new each time
  return useMemo(() => toTrendPicture(inputs), [key]);
}
