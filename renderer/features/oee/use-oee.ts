import { useMemo } from 'react';
import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import { TIME_CLASSES, type TimeClass } from '../../../shared/oee/time-class.ts';
import { useLiveSnapshot } from '../../app/use-engine.ts';
import { toTrendPicture, type TrendPicture } from '../../chart/trend-series.ts';
import type { FedShifts } from '../shift/shift-feed.ts';
import { useShiftFeed } from '../shift/use-shift-feed.ts';
import { type FleetRow, toFleetRow } from './fleet-view.ts';
import {
  type AxisView,
  type TimelineView,
  toAxis,
  toEquipmentList,
  toLegend,
  toTimelineView,
  toTrendInput,
  toTrendPoints,
} from './oee-view.ts';
import { type TileView, toTileView } from './tile-view.ts';

export interface OeeViews {
  readonly tiles: readonly TileView[];
  readonly fleet: readonly FleetRow[];
  readonly timelines: readonly TimelineView[];
  readonly trend: TrendPicture | null;
  readonly axis: AxisView;
  readonly legend: readonly TimeClass[];
  readonly timeZone: string;
  /** Whose shifts can be chosen. */
  readonly equipmentId: string;
  readonly shift: EquipmentShift['shift'];
}

export interface OeeAccess {
  readonly isIngestHere: boolean;
  /** Null while nothing has been read yet. */
  readonly views: OeeViews | null;
  /** The historian has something to judge. */
  readonly hasEquipment: boolean;
  readonly failure: string | null;
}

/** Line and machines of the shift that began then (null: the running one); null while the engine starts. */
export function useOee(shiftFromMs: number | null): OeeAccess | null {
  const live = useLiveSnapshot();
  const oee = live?.snapshot.oee ?? null;
  const equipment = oee === null ? [] : toEquipmentList(oee);
  const { shifts } = useShiftFeed(
    equipment.map((entry) => entry.equipmentId),
    shiftFromMs,
  );
  const known = useKnown(shifts);
  const trend = useMemo(
    () =>
      toTrendPicture(
        known.map((shift) =>
          toTrendInput(
            shift,
            toTrendPoints(
              shift,
              equipment.find((entry) => entry.equipmentId === shift.equipmentId),
            ),
          ),
        ),
      ),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the dearest thing to draw follows the shifts, not every snapshot
    [known],
  );
  if (live === null) return null;
  const [first] = known;
  const failure = [...shifts.values()].find((fed) => fed.failure !== null)?.failure ?? null;
  const access = { isIngestHere: live.snapshot.isIngestHere, hasEquipment: equipment.length > 0, failure };
  if (first === undefined) return { ...access, views: null };
  const { timeZone } = live.snapshot.site;
  return {
    ...access,
    views: {
      tiles: known.map((shift) => {
        const entry = equipment.find(({ equipmentId }) => equipmentId === shift.equipmentId);
        return toTileView(shift, toTrendPoints(shift, entry), live.nowMs);
      }),
      fleet: known.filter((shift) => shift.kind === 'machine').map((shift) => toFleetRow(shift, live.nowMs)),
      timelines: known.filter((shift) => shift.timeline.length > 0).map((shift) => toTimelineView(shift, timeZone)),
      trend,
      axis: toAxis(known, timeZone),
      legend: toLegend(known, TIME_CLASSES),
      timeZone,
      equipmentId: first.equipmentId,
      shift: first.shift,
    },
  };
}

/** The shifts that were read, in the order in which they were asked for. */
function useKnown(shifts: FedShifts): readonly EquipmentShift[] {
  return useMemo(() => [...shifts.values()].flatMap((fed) => fed.shift ?? []), [shifts]);
}
