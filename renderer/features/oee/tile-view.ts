import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import type { Factor } from '../../../shared/domain/oee-snapshot.ts';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import { DASH, percentText } from '../../components/number-text.ts';
import { durationText } from '../../components/time-text.ts';
import { describeMachineState } from '../machine-state/state-face.ts';
import { countOrDash } from '../shift/figure-text.ts';
import { type PhaseView, toFreshness, toPhaseView } from '../shift/shift-head-view.ts';

interface FactorView {
  readonly figureId: string;
  readonly name: string;
  readonly figure: string;
  /** Why there is no figure. */
  readonly cause: string | null;
}

interface CountView {
  readonly figureId: string;
  readonly text: string;
}

export interface TileView {
  readonly id: string;
  readonly name: string;
  readonly isLine: boolean;
  readonly shiftFromMs: number | null;
  readonly timeZone: string;
  readonly timeClass: TimeClass;
  readonly state: string;
  readonly stateFor: string;
  readonly phase: PhaseView | null;
  readonly oee: string;
  readonly cause: string | null;
  /** 0 … 1 of the bar; null draws an empty one. */
  readonly fillRatio: number | null;
  readonly targetRatio: number;
  readonly isBelowTarget: boolean;
  readonly target: string;
  readonly factors: readonly FactorView[];
  readonly counts: readonly CountView[];
  readonly coverage: string;
  readonly isCoverageLow: boolean;
  readonly basis: string;
  /** How old the figures are, when that must be seen. */
  readonly age: string | null;
  /** Said, not hidden: more than the ideal means that the ideal cycle or a counter is wrong. */
  readonly fault: string | null;
  readonly trend: TrendView | null;
}

export interface TrendView {
  readonly values: readonly (number | null)[];
  /** `▲ 2.1 in 30 min`; points of a percent. */
  readonly text: string;
}

export interface TrendPoint {
  readonly atMs: number;
  readonly oee: number | null;
}

const LOW_COVERAGE_RATIO = 0.95;

export function toTileView(shift: EquipmentShift, points: readonly TrendPoint[], nowMs: number): TileView {
  const { availability, performance, quality, oee } = shift.factors;
  const { coverageRatio } = shift;
  const freshness = toFreshness(shift, nowMs);
  return {
    id: shift.equipmentId,
    name: shift.name,
    isLine: shift.kind === 'line',
    shiftFromMs: shift.shift?.fromMs ?? null,
    timeZone: shift.timeZone,
    timeClass: shift.state.timeClass,
    state: describeMachineState(shift.state),
    stateFor: durationText(nowMs - shift.state.sinceMs),
    phase: shift.shift === null ? null : toPhaseView(shift.shift, shift.timeZone),
    oee: oee.value === null ? DASH : percentText(oee.value),
    cause: oee.value === null ? (oee.cause ?? 'no value yet') : null,
    fillRatio: oee.value === null ? null : Math.min(1, Math.max(0, oee.value)),
    targetRatio: shift.targetRatio,
    isBelowTarget: oee.value !== null && oee.value < shift.targetRatio,
    target: `target ${percentText(shift.targetRatio).replace(/\.0$/, '')}`,
    factors: [
      toFactor('availability', 'Availability', availability),
      toFactor('performance', 'Performance', performance),
      toFactor('quality', 'Quality', quality),
    ],
    counts: [
      { figureId: 'count:total', text: `${countOrDash(shift.counts.total)} made` },
      { figureId: 'count:reject', text: `${countOrDash(shift.counts.reject)} rejected` },
    ],
    coverage: coverageRatio === null ? 'coverage –' : `coverage ${percentText(coverageRatio)} %`,
    isCoverageLow: coverageRatio !== null && coverageRatio < LOW_COVERAGE_RATIO,
    basis: shift.basis,
    age: freshness.isOld ? freshness.text : null,
    fault:
      performance.value !== null && performance.value > 1
        ? 'Performance above 100 %: check ideal cycle and counter.'
        : null,
    trend: toTrend(points),
  };
}

const toFactor = (figureId: string, name: string, factor: Factor): FactorView => ({
  figureId,
  name,
  figure: factor.value === null ? DASH : percentText(factor.value),
  cause: factor.value === null ? factor.cause : null,
});

/** How far back the arrow looks. */
const TREND_MS = 30 * 60_000;
/** A smaller step of OEE is noise. */
const STEADY_RATIO = 0.005;

/** The way of OEE with an arrow over the last half hour; null where there is nothing to compare. */
export function toTrend(points: readonly TrendPoint[]): TrendView | null {
  const known = points.filter((point): point is { atMs: number; oee: number } => point.oee !== null);
  const last = known.at(-1);
  const before =
    last === undefined ? undefined : (known.findLast((point) => point.atMs <= last.atMs - TREND_MS) ?? known[0]);
  if (last === undefined || before === undefined || before === last) return null;
  const step = last.oee - before.oee;
  const sign = Math.abs(step) < STEADY_RATIO ? '▶' : step > 0 ? '▲' : '▼';
  return {
    values: points.map((point) => point.oee),
    text: `${sign} ${percentText(Math.abs(step))} in ${durationText(last.atMs - before.atMs)}`,
  };
}
