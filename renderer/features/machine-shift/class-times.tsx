import type { ReactElement } from 'react';
import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import { TIME_CLASSES } from '../../../shared/oee/time-class.ts';
import { FigureButton } from '../explain/figure-button.tsx';
import { STATE_FACES } from '../machine-state/state-face.ts';
import { StateMark } from '../machine-state/state-mark.tsx';
import { minuteText } from '../shift/figure-text.ts';
import css from './class-times.module.css';

/** Minutes of each class of time; together they are the clock. */
export function ClassTimes({ shift }: { readonly shift: EquipmentShift }): ReactElement {
  const times = TIME_CLASSES.map((timeClass) => ({ timeClass, ms: shift.accountMs[timeClass] ?? 0 }));
  return (
    <ul className={css.times} aria-label="Time of each state">
      {times
        .filter(({ ms }) => ms > 0)
        .map(({ timeClass, ms }) => (
          <li key={timeClass}>
            <StateMark timeClass={timeClass} />
            <FigureButton
              figureId={`class:${timeClass}`}
              label={`${STATE_FACES[timeClass].word} ${minuteText(ms)} min`}
            >
              {STATE_FACES[timeClass].word} <strong>{minuteText(ms)}</strong> min
            </FigureButton>
          </li>
        ))}
    </ul>
  );
}
