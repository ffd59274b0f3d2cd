import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import type { EquipmentOee, OeeSnapshot } from '../../../shared/domain/oee-snapshot.ts';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import type { TrendInput } from '../../chart/trend-series.ts';
import { durationText, timeOfDayText } from '../../components/time-text.ts';
import { describeMachineState } from '../machine-state/state-face.ts';
import type { TrendPoint } from './tile-view.ts';

export interface SegmentView {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeClass: TimeClass;
  readonly title: string;
}

export interface TimelineView {
  readonly id: string;
  readonly name: string;
  readonly segments: readonly SegmentView[];
  /** The whole row in words, largest share first. */
  readonly summary: string;
}

type StateAccount = Pick<EquipmentShift, 'equipmentId' | 'name' | 'accountMs' | 'timeline'>;

export function toTimelineView(equipment: StateAccount, timeZone: string): TimelineView {
  const shares = Object.entries(equipment.accountMs)
    .filter(([, ms]) => ms >= 1_000)
    .sort(([, one], [, other]) => other - one)
    .map(
      ([timeClass, ms]) =>
        `${describeMachineState({ timeClass: timeClass as TimeClass, cause: null })} ${durationText(ms)}`,
    );
  return {
    id: equipment.equipmentId,
    name: equipment.name,
    segments: equipment.timeline.map((segment) => ({
      fromMs: segment.fromMs,
      toMs: segment.toMs,
      timeClass: segment.timeClass,
      title: `${describeMachineState(segment)}, ${timeOfDayText(segment.fromMs, timeZone)}, ${durationText(segment.toMs - segment.fromMs)}`,
    })),
    summary: shares.length === 0 ? 'no time known yet' : shares.join(', '),
  };
}

/** Line first, then the machines in their order. */
export const toEquipmentList = (oee: OeeSnapshot): readonly EquipmentOee[] =>
  oee.line === null ? oee.machines : [oee.line, ...oee.machines];

/** OEE to date each minute with the figure of now at its end; of an earlier shift OEE of each hour. */
export function toTrendPoints(shift: EquipmentShift, live: EquipmentOee | undefined): readonly TrendPoint[] {
  const isRunning = shift.shift === null || shift.shift.phase === 'running';
  if (!isRunning || live === undefined) return shift.hours.map((hour) => ({ atMs: hour.toMs, oee: hour.oee.value }));
  return [
    ...live.trend.filter((point) => point.atMs < shift.takenAtMs),
    { atMs: shift.takenAtMs, oee: shift.factors.oee.value },
  ];
}

export const toTrendInput = (shift: EquipmentShift, points: readonly TrendPoint[]): TrendInput => ({
  id: shift.equipmentId,
  name: shift.name,
  isLine: shift.kind === 'line',
  targetRatio: shift.targetRatio,
  points,
});

/** Shortest axis, so that the first minutes of a shift are not drawn as a few wide blocks. */
const MIN_AXIS_MS = 10 * 60_000;
/** Share of the axis that may be unknown before anything is known; beyond it the axis starts where data do. */
const MAX_UNKNOWN_LEAD_RATIO = 0.5;

export interface AxisView {
  readonly fromMs: number;
  readonly toMs: number;
  readonly note: string;
}

const isKnown = (timeClass: TimeClass): boolean => timeClass !== 'unknown' && timeClass !== 'not-scheduled';

/**
 * The axis of the screen: shift start to now, or to its end. Where nothing is known of most of it (the gateway was
 * started late), it begins with the first known time and says so.
 */
export function toAxis(shifts: readonly EquipmentShift[], timeZone: string): AxisView {
  const head = shifts.find((shift) => shift.shift !== null)?.shift ?? null;
  const takenAtMs = Math.max(...shifts.map((shift) => shift.takenAtMs));
  const endMs = Math.min(takenAtMs, head?.toMs ?? takenAtMs);
  const timelines = shifts.map((shift) => shift.timeline);
  const starts = timelines.flatMap((timeline) => timeline.slice(0, 1).map((segment) => segment.fromMs));
  const fromMs = head?.fromMs ?? Math.min(endMs, ...starts);
  const known = timelines.flatMap((timeline) => timeline.find((segment) => isKnown(segment.timeClass))?.fromMs ?? []);
  const firstKnownMs = Math.max(fromMs, Math.min(...known));
  const toMs = (startMs: number): number => Math.max(endMs, startMs + MIN_AXIS_MS);
  const isLate = known.length > 0 && firstKnownMs - fromMs > (endMs - fromMs) * MAX_UNKNOWN_LEAD_RATIO;
  return isLate
    ? {
        fromMs: firstKnownMs,
        toMs: toMs(firstKnownMs),
        note: `from ${timeOfDayText(firstKnownMs, timeZone)}, unknown before`,
      }
    : { fromMs, toMs: toMs(fromMs), note: head?.phase === 'running' ? 'shift to date' : 'whole shift' };
}

/** Classes that occur, in the order of the legend. */
export function toLegend(shifts: readonly EquipmentShift[], order: readonly TimeClass[]): readonly TimeClass[] {
  const seen = new Set(shifts.flatMap((shift) => shift.timeline.map((segment) => segment.timeClass)));
  return order.filter((timeClass) => seen.has(timeClass));
}
