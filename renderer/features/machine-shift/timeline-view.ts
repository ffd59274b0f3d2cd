import type { EquipmentShift, Stop, TimelineSegment } from '../../../shared/domain/equipment-shift.ts';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import { exactTimeText, lengthText } from '../../components/time-text.ts';
import { describeMachineState } from '../machine-state/state-face.ts';
import type { TimeWindow } from './time-window.ts';

export interface MarkView {
  readonly key: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeClass: TimeClass;
  readonly title: string;
  /** The stop this stretch belongs to; a click on it gives its reason. */
  readonly stop: Stop | null;
}

/** Stretches of the window with the stops they belong to. `stops` are looked up, not searched one by one. */
export function toMarks(shift: EquipmentShift, window: TimeWindow): readonly MarkView[] {
  const stops = [...shift.stops].sort((one, other) => one.fromMs - other.fromMs);
  let next = 0;
  return shift.timeline.flatMap((segment): MarkView[] => {
    while ((stops[next]?.toMs ?? Infinity) <= segment.fromMs) next += 1;
    if (segment.toMs <= window.fromMs || segment.fromMs >= window.toMs) return [];
    const stop = stops[next];
    const isOfStop = stop !== undefined && stop.fromMs <= segment.fromMs && segment.timeClass !== 'run';
    return [
      {
        key: segment.fromMs,
        fromMs: segment.fromMs,
        toMs: segment.toMs,
        timeClass: segment.timeClass,
        title: describeSegment(segment, isOfStop ? stop : null, shift.timeZone),
        stop: isOfStop ? stop : null,
      },
    ];
  });
}

function describeSegment(segment: TimelineSegment, stop: Stop | null, timeZone: string): string {
  const what = describeMachineState({ timeClass: segment.timeClass, cause: stop?.reasonLabel ?? segment.cause });
  const need = stop?.needsReason === true ? ', needs a reason' : '';
  return `${what}, ${exactTimeText(segment.fromMs, timeZone)}, ${lengthText(segment.toMs - segment.fromMs)}${need}`;
}

const isKnown = (timeClass: TimeClass): boolean => timeClass !== 'unknown' && timeClass !== 'not-scheduled';
/** Shortest axis, so that the first minutes of a shift are not a few wide blocks. */
const MIN_AXIS_MS = 10 * 60_000;

/** The shift to now, or to its end. */
export function toWholeWindow(shift: EquipmentShift): TimeWindow {
  const fromMs = shift.shift?.fromMs ?? shift.timeline[0]?.fromMs ?? shift.takenAtMs;
  const endMs = Math.min(shift.takenAtMs, shift.shift?.toMs ?? shift.takenAtMs);
  return { fromMs, toMs: Math.max(endMs, fromMs + MIN_AXIS_MS) };
}

export interface FirstWindow {
  readonly window: TimeWindow;
  /** Why it is not the whole shift; null when it is. */
  readonly isUnknownBefore: boolean;
}

/** What is seen at first: where most of the shift is unknown before anything is known, only what is known. */
export function toFirstWindow(shift: EquipmentShift): FirstWindow {
  const whole = toWholeWindow(shift);
  const knownMs = shift.timeline.find((segment) => isKnown(segment.timeClass))?.fromMs ?? whole.fromMs;
  if (knownMs - whole.fromMs <= (whole.toMs - whole.fromMs) / 2) return { window: whole, isUnknownBefore: false };
  const fromMs = Math.min(knownMs, whole.toMs - MIN_AXIS_MS);
  return { window: { fromMs, toMs: whole.toMs }, isUnknownBefore: true };
}
