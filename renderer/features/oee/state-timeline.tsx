import { useElementSize } from '@mantine/hooks';
import { type ReactElement, useId } from 'react';
import { toTimeTicks } from '../../chart/series-builder.ts';
import { timeOfDayText } from '../../components/time-text.ts';
import { STATE_FACES } from '../machine-state/state-face.ts';
import type { SegmentView, TimelineView } from './oee-view.ts';
import css from './state-timeline.module.css';

const ROW = 40;
const BAR = 24;
const TALL = 32;
const AXIS = 22;
/** A letter needs this much room. */
const LETTER_PX = 15;

interface Props {
  readonly rows: readonly TimelineView[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
}

/** States of all machines under each other on one axis of time, so that what belongs together is seen. */
export function StateTimeline({ rows, fromMs, toMs, timeZone }: Props): ReactElement {
  const { ref, width } = useElementSize();
  const pattern = useId();
  const place = (atMs: number): number => ((Math.min(Math.max(atMs, fromMs), toMs) - fromMs) / (toMs - fromMs)) * width;
  const bottom = rows.length * ROW;
  return (
    <div className={css.grid}>
      <div className={css.names}>
        {rows.map((row) => (
          <div key={row.id} className={css.name} style={{ height: ROW }}>
            {row.name}
          </div>
        ))}
      </div>
      <div ref={ref} className={css.bars}>
        <svg className={css.picture} height={bottom + AXIS} width={width}>
          <defs>
            <pattern id={pattern} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width={6} height={6} className={css.hatchGround} />
              <line x1={0} y1={0} x2={0} y2={6} className={css.hatchLine} />
            </pattern>
          </defs>
          {rows.map((row, index) => (
            <g key={row.id} role="img" aria-label={`${row.name}: ${row.summary}`} data-testid={`timeline-${row.id}`}>
              {row.segments
                .filter((segment) => segment.toMs > fromMs)
                .map((segment) => (
                  <Segment
                    key={segment.fromMs}
                    segment={segment}
                    x={place(segment.fromMs)}
                    endX={place(segment.toMs)}
                    bottom={(index + 1) * ROW - 4}
                    hatch={`url(#${pattern})`}
                  />
                ))}
            </g>
          ))}
          <line className={css.axis} x1={0} x2={width} y1={bottom + 0.5} y2={bottom + 0.5} />
          {toTimeTicks(fromMs, toMs, Math.max(2, width / 90)).map((atMs) => (
            <g key={atMs}>
              <line className={css.axis} x1={place(atMs)} x2={place(atMs)} y1={bottom} y2={bottom + 5} />
              <text className={css.time} x={place(atMs) + 3} y={bottom + 16}>
                {timeOfDayText(atMs, timeZone)}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </div>
  );
}

interface SegmentProps {
  readonly segment: SegmentView;
  readonly x: number;
  readonly endX: number;
  readonly bottom: number;
  readonly hatch: string;
}

function Segment({ segment, x, endX, bottom, hatch }: SegmentProps): ReactElement {
  const face = STATE_FACES[segment.timeClass];
  const isTall = face.height === 'tall';
  const height = isTall ? TALL : BAR;
  // What must be found stays at least two pixels wide; a gap of half a pixel parts equal neighbours.
  const width = Math.max(isTall ? 2 : 0.5, endX - x - 0.75);
  return (
    <g>
      <rect
        x={x}
        y={bottom - height}
        width={width}
        height={height}
        fill={face.pattern === 'hatched' ? hatch : face.ground}
        className={face.pattern === 'plain' ? undefined : css.outlined}
      >
        <title>{segment.title}</title>
      </rect>
      {width >= LETTER_PX && face.letter !== '' && (
        <text className={css.letter} x={x + width / 2} y={bottom - height / 2 + 4} fill={face.ink}>
          {face.letter}
        </text>
      )}
    </g>
  );
}
