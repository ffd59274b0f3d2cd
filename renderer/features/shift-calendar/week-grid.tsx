import type { CSSProperties, KeyboardEvent, ReactElement } from 'react';
import { durationText } from '../../components/time-text.ts';
import css from './calendar-panel.module.css';
import type { DayColumn } from './calendar-week.ts';
import { HOUR_MS } from './clock-change.ts';
import type { ShiftPlace } from './shift-draft.ts';
import { HOUR_PX, STEP_MINUTES, useWeekDrag } from './use-week-drag.ts';

interface Props {
  readonly days: readonly DayColumn[];
  /** Name of the shift of the week that is edited. */
  readonly chosen: string | null;
  readonly onChoose: (shift: ShiftPlace) => void;
  /** Moves the shift, or its end alone, by minutes. */
  readonly onMove: (shift: ShiftPlace, minutes: number, isEndOnly: boolean) => void;
  /** A new shift was drawn on a day, in ms since its midnight. */
  readonly onDraw: (day: DayColumn, fromMs: number, toMs: number) => void;
}

const px = (ms: number): number => (ms / HOUR_MS) * HOUR_PX;
const place = (topMs: number, lengthMs: number): CSSProperties => ({ top: px(topMs), height: px(lengthMs) });

/**
 * A week; each day is as tall as it is long, so that the days of a clock change are seen. A shift is pulled up or down,
 * or by its lower edge; a new one is drawn where nothing is. The form beside it does the same without a pointer.
 */
export function WeekGrid({ days, chosen, onChoose, onMove, onDraw }: Props): ReactElement {
  const { drawn, startMove, startDraw, ...pointer } = useWeekDrag({ onMove, onDraw });
  const onKeyDown = (event: KeyboardEvent, shift: ShiftPlace): void => {
    const step = { ArrowUp: -STEP_MINUTES, ArrowDown: STEP_MINUTES }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onMove(shift, step, event.shiftKey);
  };
  return (
    <div className={css.week} data-testid="calendar-week" {...pointer}>
      {days.map((day) => (
        <div key={day.key} className={css.day} data-testid={`day-${day.key}`}>
          <div className={css.dayTitle}>{day.title}</div>
          <div className={css.dayNote} data-tone={day.change === null ? 'calm' : 'look'}>
            {day.change ?? day.exception ?? '24 h'}
          </div>
          <div
            className={css.hours}
            style={{ height: px(day.lengthMs) }}
            onPointerDown={(event) => startDraw(event, day)}
            data-testid="day-hours"
          >
            {day.shifts.map((piece) => (
              <button
                key={piece.key}
                type="button"
                className={css.shift}
                style={place(piece.topMs, piece.lengthMs)}
                aria-pressed={piece.name === chosen && !piece.isSpecial}
                aria-label={`${piece.name} ${durationText(piece.shift.toMs - piece.shift.fromMs)}, ${day.title}`}
                tabIndex={piece.isStart ? 0 : -1}
                onClick={() => onChoose(piece.shift)}
                onPointerDown={(event) => {
                  // Chosen at once: a click after a pull is told to the week, which holds the pointer then.
                  onChoose(piece.shift);
                  startMove(event, piece.shift, (event.target as HTMLElement).dataset['grip'] === 'end');
                }}
                onKeyDown={(event) => onKeyDown(event, piece.shift)}
                title="Pull it, or its lower edge; ↑ ↓ move it by 15 min, Shift ↑ ↓ moves its end"
              >
                {piece.name} <span className={css.length}>{durationText(piece.shift.toMs - piece.shift.fromMs)}</span>
                {piece.isEnd && <span className={css.grip} data-grip="end" />}
              </button>
            ))}
            {day.breaks.map((piece) => (
              <span
                key={piece.key}
                className={css.pause}
                style={place(piece.topMs, piece.lengthMs)}
                title={piece.name}
              />
            ))}
            {day.windows.map((piece) => (
              <span
                key={piece.key}
                className={css.window}
                style={place(piece.topMs, piece.lengthMs)}
                title={piece.name}
                data-testid="planned-window"
              >
                {piece.name}
              </span>
            ))}
            {drawn?.dayKey === day.key && (
              <span className={css.drawn} style={place(drawn.fromMs, drawn.toMs - drawn.fromMs)}>
                {durationText(drawn.toMs - drawn.fromMs)}
              </span>
            )}
            {day.changeAtMs !== null && <span className={css.change} style={{ top: px(day.changeAtMs) }} />}
          </div>
        </div>
      ))}
    </div>
  );
}
