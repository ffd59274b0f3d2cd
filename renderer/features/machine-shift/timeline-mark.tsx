import type { ReactElement } from 'react';
import { STATE_FACES } from '../machine-state/state-face.ts';
import css from './timeline-bars.module.css';
import type { MarkView } from './timeline-view.ts';

const BAR = 34;
const TALL = 44;
/** A letter needs this much room. */
const LETTER_PX = 15;

interface Props {
  readonly mark: MarkView;
  readonly index: number;
  readonly isActive: boolean;
  readonly x: number;
  readonly endX: number;
  readonly bottom: number;
  readonly hatch: string;
  readonly onOpen: () => void;
}

export function TimelineMark({ mark, index, isActive, x, endX, bottom, hatch, onOpen }: Props): ReactElement {
  const face = STATE_FACES[mark.timeClass];
  const isTall = face.height === 'tall' || mark.stop?.needsReason === true;
  const height = isTall ? TALL : BAR;
  // What must be found stays at least two pixels wide; a gap of half a pixel parts equal neighbours.
  const width = Math.max(isTall ? 2 : 0.5, endX - x - 0.75);
  const y = bottom - height;
  return (
    <g
      role={mark.stop === null ? 'img' : 'button'}
      tabIndex={isActive ? 0 : -1}
      className={css.mark}
      aria-label={mark.title}
      data-index={index}
      data-stop={mark.stop !== null}
      data-testid="timeline-mark"
      onClick={onOpen}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onOpen();
      }}
    >
      <title>{mark.title}</title>
      <rect
        x={x}
        y={y}
        width={width}
        height={height}
        fill={face.pattern === 'hatched' ? hatch : face.ground}
        className={[css.ground, face.pattern === 'plain' ? '' : css.outlined].join(' ')}
      />
      {width >= LETTER_PX && face.letter !== '' && (
        <text className={css.letter} x={x + width / 2} y={bottom - height / 2 + 4} fill={face.ink}>
          {face.letter}
        </text>
      )}
    </g>
  );
}
