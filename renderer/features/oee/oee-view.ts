import type { EquipmentOee, Factor, OeeSnapshot } from '../../../shared/domain/oee-snapshot.ts';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import type { TrendInput } from '../../chart/trend-series.ts';
import { countText, DASH, percentText } from '../../components/number-text.ts';
import { durationText, timeOfDayText } from '../../components/time-text.ts';
import { describeMachineState } from '../machine-state/state-face.ts';

interface FactorView {
  readonly name: string;
  readonly figure: string;
  /** Why there is no figure. */
  readonly cause: string | null;
}

export interface TileView {
  readonly id: string;
  readonly name: string;
  readonly isLine: boolean;
  readonly timeClass: TimeClass;
  readonly state: string;
  readonly stateFor: string;
  readonly oee: string;
  readonly cause: string | null;
  /** 0 … 1 of the bar; null draws an empty one. */
  readonly fillRatio: number | null;
  readonly targetRatio: number;
  readonly isBelowTarget: boolean;
  readonly target: string;
  readonly factors: readonly FactorView[];
  readonly counts: string;
  readonly coverage: string;
  readonly isCoverageLow: boolean;
  readonly basis: string;
  /** Said, not hidden: more than the ideal means that the ideal cycle or a counter is wrong. */
  readonly fault: string | null;
}

const LOW_COVERAGE_RATIO = 0.95;

export function toTileView(equipment: EquipmentOee, nowMs: number, isProvisional: boolean): TileView {
  const { availability, performance, quality, oee } = equipment.factors;
  const { coverageRatio } = equipment;
  return {
    id: equipment.equipmentId,
    name: equipment.name,
    isLine: equipment.kind === 'line',
    timeClass: equipment.state.timeClass,
    state: describeMachineState(equipment.state),
    stateFor: durationText(nowMs - equipment.state.sinceMs),
    oee: oee.value === null ? DASH : percentText(oee.value),
    cause: oee.value === null ? (oee.cause ?? 'no value yet') : null,
    fillRatio: oee.value === null ? null : Math.min(1, Math.max(0, oee.value)),
    targetRatio: equipment.targetRatio,
    isBelowTarget: oee.value !== null && oee.value < equipment.targetRatio,
    target: `target ${trimZero(percentText(equipment.targetRatio))}${isProvisional ? ', provisional' : ''}`,
    factors: [
      toFactor('Availability', availability),
      toFactor('Performance', performance),
      toFactor('Quality', quality),
    ],
    counts: `${countText(equipment.totalCount)} made, ${countText(equipment.rejectCount)} rejected`,
    coverage: coverageRatio === null ? 'coverage –' : `coverage ${percentText(coverageRatio)} %`,
    isCoverageLow: coverageRatio !== null && coverageRatio < LOW_COVERAGE_RATIO,
    basis: equipment.basis,
    fault:
      performance.value !== null && performance.value > 1
        ? 'Performance above 100 %: check ideal cycle and counter.'
        : null,
  };
}

const trimZero = (text: string): string => text.replace(/\.0$/, '');

const toFactor = (name: string, factor: Factor): FactorView => ({
  name,
  figure: factor.value === null ? DASH : percentText(factor.value),
  cause: factor.value === null ? factor.cause : null,
});

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

export function toTimelineView(equipment: EquipmentOee, timeZone: string): TimelineView {
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

/** The stored points of each minute, and the figure of now at the end of the line. */
export const toTrendInputs = (oee: OeeSnapshot): readonly TrendInput[] =>
  toEquipmentList(oee).map((entry) => ({
    id: entry.equipmentId,
    name: entry.name,
    isLine: entry.kind === 'line',
    targetRatio: entry.targetRatio,
    points: [
      ...entry.trend.filter((point) => point.atMs < oee.takenAtMs),
      { atMs: oee.takenAtMs, oee: entry.factors.oee.value },
    ],
  }));

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
 * The axis of the screen: shift start to now. Where nothing is known of most of it (the gateway was started late),
 * it begins with the first known time and says so.
 */
export function toAxis(oee: OeeSnapshot, timeZone: string): AxisView {
  const timelines = toEquipmentList(oee).map((entry) => entry.timeline);
  const starts = timelines.flatMap((timeline) => timeline.slice(0, 1).map((segment) => segment.fromMs));
  const fromMs = oee.shift?.fromMs ?? Math.min(oee.takenAtMs, ...starts);
  const known = timelines.flatMap((timeline) => timeline.find((segment) => isKnown(segment.timeClass))?.fromMs ?? []);
  const firstKnownMs = Math.max(fromMs, Math.min(...known));
  const toMs = (startMs: number): number => Math.max(oee.takenAtMs, startMs + MIN_AXIS_MS);
  const isLate = known.length > 0 && firstKnownMs - fromMs > (oee.takenAtMs - fromMs) * MAX_UNKNOWN_LEAD_RATIO;
  return isLate
    ? {
        fromMs: firstKnownMs,
        toMs: toMs(firstKnownMs),
        note: `from ${timeOfDayText(firstKnownMs, timeZone)}, unknown before`,
      }
    : { fromMs, toMs: toMs(fromMs), note: 'shift to date' };
}

/** Classes that occur, in the order of the legend. */
export function toLegend(equipment: readonly EquipmentOee[], order: readonly TimeClass[]): readonly TimeClass[] {
  const seen = new Set(equipment.flatMap((entry) => entry.timeline.map((segment) => segment.timeClass)));
  const always: readonly TimeClass[] = [
    'run',
    'short-stop',
    'failure',
    'starved',
    'blocked',
    'setup',
    'planned',
    'unknown',
  ];
  return order.filter((timeClass) => seen.has(timeClass) || always.includes(timeClass));
}
