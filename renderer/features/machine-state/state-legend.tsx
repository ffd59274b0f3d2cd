import type { ReactElement } from 'react';
import { TIME_CLASSES, type TimeClass } from '../../../shared/oee/time-class.ts';
import { STATE_FACES } from './state-face.ts';
import css from './state-legend.module.css';
import { StateMark } from './state-mark.tsx';

interface Props {
  readonly timeline: readonly { readonly timeClass: TimeClass }[];
}

/** Letters of the states that occur. */
export function StateLegend({ timeline }: Props): ReactElement {
  const seen = new Set(timeline.map((segment) => segment.timeClass));
  return (
    <ul className={css.legend} aria-label="Letters of the states">
      {TIME_CLASSES.filter((timeClass) => seen.has(timeClass)).map((timeClass) => (
        <li key={timeClass}>
          <StateMark timeClass={timeClass} />
          {STATE_FACES[timeClass].word}
        </li>
      ))}
    </ul>
  );
}
