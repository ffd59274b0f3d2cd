import type { CalendarConfig, PlannedWindowConfig } from '../../../shared/config/calendar.ts';
import type { ShiftConfig } from '../../../shared/config/equipment.ts';
import type { PlannedWindow } from '../../../shared/oee/classify-stops.ts';
import { plannedStretchesIn, type ShiftInstance, shiftsIn } from '../../../shared/oee/shift-calendar.ts';
import { addDays, describeDate, type LocalDate, weekdayOf } from '../../../shared/oee/zoned-time.ts';
import { type ClockChange, clockChangeOn, type DaySpan, daySpan, describeChange, judgeTime } from './clock-change.ts';

/** What is edited. */
export interface Plan {
  readonly shifts: readonly ShiftConfig[];
  readonly calendar: CalendarConfig;
}

/** A part of a shift or break within a day; `top` and `length` in ms since midnight. */
interface Piece {
  readonly key: string;
  readonly name: string;
  readonly topMs: number;
  readonly lengthMs: number;
  readonly shift: ShiftInstance;
  /** False where it goes on from the day before. */
  readonly isStart: boolean;
  /** False where it goes on to the day after. */
  readonly isEnd: boolean;
  /** Of a special day, not of the week. */
  readonly isSpecial: boolean;
}

/** A planned window within a day. */
interface WindowPiece {
  readonly key: string;
  /** `Cleaning, Filler`. */
  readonly name: string;
  readonly topMs: number;
  readonly lengthMs: number;
}

export interface DayColumn extends DaySpan {
  readonly key: string;
  readonly title: string;
  readonly lengthMs: number;
  readonly change: string | null;
  /** Since midnight. */
  readonly changeAtMs: number | null;
  /** Such as `Christmas: closed`. */
  readonly exception: string | null;
  readonly shifts: readonly Piece[];
  readonly breaks: readonly Piece[];
  readonly windows: readonly WindowPiece[];
}

const DAY_NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** The Monday of the week of a day. */
export const mondayOf = (date: LocalDate): LocalDate => addDays(date, -((weekdayOf(date) + 6) % 7));

const titleOf = (date: LocalDate): string =>
  `${DAY_NAMES[weekdayOf(date)] ?? ''} ${describeDate(date).slice(5).split('-').reverse().join('.')}.`;

/** Seven days from a day on, each as long as it is, with what is planned in it. */
export function toWeek({ shifts, calendar }: Plan, timeZone: string, first: LocalDate): DayColumn[] {
  return Array.from({ length: 7 }, (_unused, days) => {
    const span = daySpan(addDays(first, days), timeZone);
    const key = describeDate(span.date);
    const change = clockChangeOn(span.date, timeZone);
    const exception = calendar.exceptions.find(({ date }) => date === key);
    // Keys hold no time: what is moved stays the same element, with the focus on it.
    const cut = (shift: ShiftInstance, { fromMs, toMs, name }: Omit<PlannedWindow, 'kind'>, key: string): Piece => {
      const [topMs, endMs] = [Math.max(fromMs, span.fromMs), Math.min(toMs, span.toMs)];
      return {
        key,
        name,
        topMs: topMs - span.fromMs,
        lengthMs: endMs - topMs,
        shift,
        isStart: fromMs >= span.fromMs,
        isEnd: toMs <= span.toMs,
        isSpecial: calendar.exceptions.some(({ date }) => date === shift.localDate),
      };
    };
    const instances = shiftsIn(shifts, timeZone, span, calendar.exceptions);
    const keyOf = (shift: ShiftInstance, at: number): string => {
      const isSame = (other: ShiftInstance): boolean =>
        other.name === shift.name && other.localDate === shift.localDate;
      return `${shift.localDate} ${shift.name} ${instances.slice(0, at).filter(isSame).length}`;
    };
    return {
      ...span,
      key,
      title: titleOf(span.date),
      lengthMs: span.toMs - span.fromMs,
      change: change && describeChange(change),
      changeAtMs: change && change.atMs - span.fromMs,
      exception: exception === undefined ? null : `${exception.name}${exception.shifts === 'closed' ? ': closed' : ''}`,
      shifts: instances.map((shift, at) => cut(shift, shift, keyOf(shift, at))),
      breaks: instances
        .flatMap((shift, at) => shift.breaks.map((pause, index) => cut(shift, pause, `${keyOf(shift, at)} ${index}`)))
        .filter(({ lengthMs }) => lengthMs > 0),
      windows: calendar.plannedWindows.flatMap((window, at) => toWindowPieces(window, at, span, timeZone)),
    };
  });
}

function toWindowPieces(window: PlannedWindowConfig, at: number, span: DaySpan, timeZone: string): WindowPiece[] {
  const { machine, ...everywhere } = window;
  return plannedStretchesIn([everywhere], '', timeZone, span).map(({ name, fromMs, toMs }, index) => {
    const [topMs, endMs] = [Math.max(fromMs, span.fromMs), Math.min(toMs, span.toMs)];
    return {
      key: `${at} ${index}`,
      name: machine === undefined ? name : `${name}, ${machine}`,
      topMs: topMs - span.fromMs,
      lengthMs: endMs - topMs,
    };
  });
}

/** Every shift that starts in a month, with its production day. */
export function toMonth({ shifts, calendar }: Plan, timeZone: string, { year, month }: LocalDate): ShiftInstance[] {
  const first = { year, month, day: 1 };
  const next = month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
  const range = { fromMs: daySpan(first, timeZone).fromMs, toMs: daySpan(next, timeZone).fromMs };
  const from = describeDate(first);
  const to = describeDate(next);
  return shiftsIn(shifts, timeZone, range, calendar.exceptions).filter(
    ({ localDate }) => localDate >= from && localDate < to,
  );
}

/** Starts, ends and breaks that fall on a time that is left out or comes twice, with what is taken for it (K2). */
export function toClockWarnings(
  shifts: readonly ShiftConfig[],
  changes: readonly ClockChange[],
  timeZone: string,
): string[] {
  return shifts.flatMap(({ name, from, to, breaks }) => {
    const times = [
      ['starts', from],
      ['ends', to],
      ...breaks.flatMap((pause) => [
        [`: ${pause.name} starts`, pause.from] as const,
        [`: ${pause.name} ends`, pause.to] as const,
      ]),
    ] as const;
    return changes.flatMap((change) =>
      times.flatMap(([what, time]) => {
        const judged = judgeTime(time, change, timeZone);
        return judged === null ? [] : [`${name}${what.startsWith(':') ? '' : ' '}${what} at ${time}; ${judged}.`];
      }),
    );
  });
}
