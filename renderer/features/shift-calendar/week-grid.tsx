import type { CSSProperties, KeyboardEvent, ReactElement } from 'react';
import { durationText } from '../../components/time-text.ts';
import css from './calendar-panel.module.css';
import type { DayColumn } from './calendar-week.ts';
import { HOUR_MS } from './clock-change.ts';

interface Props {
  readonly days: readonly DayColumn[];
  readonly chosen: string | null;
  readonly onChoose: (name: string) => void;
  /** Moves the shift, or its end alone, by minutes. */
  readonly onMove: (name: string, minutes: number, isEndOnly: boolean) => void;
}

const HOUR_PX = 19;
const STEP_MINUTES = 15;
const px = (ms: number): number => (ms / HOUR_MS) * HOUR_PX;
const place = (topMs: number, lengthMs: number): CSSProperties => ({ top: px(topMs), height: px(lengthMs) });

/** A week; each day is as tall as it is long, so that the days of a clock change are seen. */
export function WeekGrid({ days, chosen, onChoose, onMove }: Props): ReactElement {
  const onKeyDown = (event: KeyboardEvent, name: string): void => {
    const step = { ArrowUp: -STEP_MINUTES, ArrowDown: STEP_MINUTES }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onMove(name, step, event.shiftKey);
  };
  return (
    <div className={css.week} data-testid="calendar-week">
      {days.map((day) => (
        <div key={day.key} className={css.day} data-testid={`day-${day.key}`}>
          <div className={css.dayTitle}>{day.title}</div>
          <div className={css.dayNote} data-tone={day.change === null ? 'calm' : 'look'}>
            {day.change ?? day.exception ?? '24 h'}
          </div>
          <div className={css.hours} style={{ height: px(day.lengthMs) }}>
            {day.shifts.map((piece) => (
              <button
                key={piece.key}
                type="button"
                className={css.shift}
                style={place(piece.topMs, piece.lengthMs)}
                aria-pressed={piece.name === chosen}
                aria-label={`${piece.name} ${durationText(piece.shift.toMs - piece.shift.fromMs)}, ${day.title}`}
                tabIndex={piece.isStart ? 0 : -1}
                onClick={() => onChoose(piece.name)}
                onKeyDown={(event) => onKeyDown(event, piece.name)}
                title="↑ ↓ move it by 15 min, Shift ↑ ↓ moves its end"
              >
                {piece.name} <span className={css.length}>{durationText(piece.shift.toMs - piece.shift.fromMs)}</span>
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
            {day.changeAtMs !== null && <span className={css.change} style={{ top: px(day.changeAtMs) }} />}
          </div>
        </div>
      ))}
    </div>
  );
}
