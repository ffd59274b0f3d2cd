import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, type ReactElement, useId, useRef, useState } from 'react';
import type { Stop } from '../../../shared/domain/equipment-shift.ts';
import { toTimeTicks } from '../../chart/series-builder.ts';
import { timeOfDayText } from '../../components/time-text.ts';
import type { TimeWindow } from './time-window.ts';
import css from './timeline-bars.module.css';
import { TimelineMark } from './timeline-mark.tsx';
import type { MarkView } from './timeline-view.ts';
import { useBrush } from './use-brush.ts';

const TALL = 44;
const AXIS = 22;

interface Props {
  readonly marks: readonly MarkView[];
  readonly window: TimeWindow;
  readonly timeZone: string;
  readonly onOpenStop: (stop: Stop) => void;
  readonly onShow: (window: TimeWindow) => void;
}

/** One stop of the tab key; arrows go from stretch to stretch, Enter opens a stop. */
export function TimelineBars({ marks, window, timeZone, onOpenStop, onShow }: Props): ReactElement {
  const { ref: sizeRef, width } = useElementSize<HTMLDivElement>();
  const frame = useRef<HTMLDivElement>(null);
  const pattern = useId();
  const [active, setActive] = useState(0);
  const spanMs = window.toMs - window.fromMs;
  const place = (atMs: number): number => ((atMs - window.fromMs) / spanMs) * width;
  const brush = useBrush(frame, (fromX, toX) =>
    onShow({ fromMs: window.fromMs + (fromX / width) * spanMs, toMs: window.fromMs + (toX / width) * spanMs }),
  );
  const activeIndex = Math.min(active, marks.length - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = nextIndex(event.key, activeIndex, marks);
    if (next === null) return;
    event.preventDefault();
    setActive(next);
    frame.current?.querySelector<SVGElement>(`[data-index="${next}"]`)?.focus();
  };
  return (
    <div
      ref={useMergedRef(sizeRef, frame)}
      className={css.frame}
      role="group"
      aria-label="States of the shift; arrow keys go from one to the next"
      onKeyDown={onKeyDown}
      {...brush.handlers}
    >
      <svg className={css.picture} width={width} height={TALL + AXIS}>
        <defs>
          <pattern id={pattern} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width={6} height={6} className={css.hatchGround} />
            <line x1={0} y1={0} x2={0} y2={6} className={css.hatchLine} />
          </pattern>
        </defs>
        {marks.map((mark, index) => (
          <TimelineMark
            key={mark.key}
            mark={mark}
            index={index}
            isActive={index === activeIndex}
            x={Math.max(0, place(mark.fromMs))}
            endX={Math.min(width, place(mark.toMs))}
            bottom={TALL}
            hatch={`url(#${pattern})`}
            onOpen={() => {
              setActive(index);
              if (mark.stop !== null) onOpenStop(mark.stop);
            }}
          />
        ))}
        <line className={css.axis} x1={0} x2={width} y1={TALL + 0.5} y2={TALL + 0.5} />
        {toTimeTicks(window.fromMs, window.toMs, Math.max(2, width / 90)).map((atMs) => (
          <g key={atMs}>
            <line className={css.axis} x1={place(atMs)} x2={place(atMs)} y1={TALL} y2={TALL + 5} />
            <text className={css.time} x={place(atMs) + 3} y={TALL + 16}>
              {timeOfDayText(atMs, timeZone)}
            </text>
          </g>
        ))}
        {brush.range !== null && (
          <rect
            className={css.brush}
            x={brush.range.fromX}
            width={brush.range.toX - brush.range.fromX}
            y={0}
            height={TALL}
          />
        )}
      </svg>
    </div>
  );
}

function nextIndex(key: string, from: number, marks: readonly MarkView[]): number | null {
  switch (key) {
    case 'ArrowRight':
      return Math.min(marks.length - 1, from + 1);
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'Home':
      return 0;
    case 'End':
      return marks.length - 1;
    default:
      return null;
  }
}
