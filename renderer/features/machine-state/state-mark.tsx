import type { ReactElement } from 'react';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import { STATE_FACES } from './state-face.ts';
import css from './state-mark.module.css';

/** The small sign of a state. The word stands beside it, so it says nothing to a screen reader. */
export function StateMark({ timeClass }: { readonly timeClass: TimeClass }): ReactElement {
  const face = STATE_FACES[timeClass];
  return (
    <span
      aria-hidden
      className={css.mark}
      data-pattern={face.pattern}
      style={{ backgroundColor: face.ground, color: face.ink }}
    >
      {face.letter}
    </span>
  );
}
