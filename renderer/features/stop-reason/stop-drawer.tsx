import { Drawer } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Stop } from '../../../shared/domain/equipment-shift.ts';
import type { Reason } from '../../../shared/domain/reason.ts';
import { Notice } from '../../components/notice.tsx';
import { plural } from '../../components/number-text.ts';
import { exactTimeText, lengthText } from '../../components/time-text.ts';
import type { Answer } from '../../components/use-answer.ts';
import { describeMachineState } from '../machine-state/state-face.ts';
import { StateMark } from '../machine-state/state-mark.tsx';
import { AssignForm } from './assign-form.tsx';
import { OperatorField, useOperator } from './operator.tsx';
import { SplitForm } from './split-form.tsx';
import css from './stop-drawer.module.css';
import { describeAssignment, describeStop, keyOfStop } from './stop-view.ts';
import { useOeeActions } from './use-oee-actions.ts';
import { useReasons } from './use-reasons.ts';

interface Props {
  /** What was opened; empty shows nothing. */
  readonly chosen: readonly Stop[];
  /** All stops of the shift, for the cuts that border on one. */
  readonly stops: readonly Stop[];
  readonly timeZone: string;
  readonly onClose: () => void;
  /** Something was added: the shift is to be read again. */
  readonly onDone: () => void;
}

/** What is known of a stop, and what a person can add: a reason, a cut. */
export function StopDrawer({ chosen, stops, timeZone, onClose, onDone }: Props): ReactElement {
  const [first] = chosen;
  // Read before it is opened, so that the picker is there to take the focus.
  const reasons = useReasons();
  const title =
    first === undefined
      ? ''
      : chosen.length === 1
        ? describeStop(first, timeZone)
        : `${plural(chosen.length, 'stop')} of ${first.machineId}`;
  return (
    <Drawer
      opened={first !== undefined}
      onClose={onClose}
      position="right"
      size={460}
      title={title}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close the stop' }}
      classNames={{ title: css.title ?? '' }}
    >
      {first !== undefined && (
        <Body
          key={chosen.map(keyOfStop).join()}
          chosen={chosen}
          first={first}
          stops={stops}
          timeZone={timeZone}
          reasons={reasons}
          onDone={onDone}
        />
      )}
    </Drawer>
  );
}

interface BodyProps {
  readonly chosen: readonly Stop[];
  readonly first: Stop;
  readonly stops: readonly Stop[];
  readonly timeZone: string;
  readonly reasons: Answer<readonly Reason[]>;
  readonly onDone: () => void;
}

function Body({ chosen, first, stops, timeZone, reasons, onDone }: BodyProps): ReactElement {
  const actions = useOeeActions();
  const [by, setBy] = useOperator();
  const assignment = chosen.length === 1 ? describeAssignment(first, timeZone) : null;
  return (
    <div className={css.body} data-testid="stop-drawer">
      {chosen.length === 1 && (
        <ul className={css.parts} aria-label="Parts of the stop">
          {first.parts.map((part) => (
            <li key={part.fromMs} className={css.part}>
              <StateMark timeClass={part.timeClass} />
              <span className={css.partWhat}>{describeMachineState(part)}</span>
              <span className={css.quiet}>{exactTimeText(part.fromMs, timeZone)}</span>
              <span className={css.length}>{lengthText(part.toMs - part.fromMs)}</span>
            </li>
          ))}
        </ul>
      )}
      {assignment !== null && (
        <p className={css.quiet} data-testid="assignment">
          Reason given by {assignment}
        </p>
      )}
      {actions.state.phase === 'refused' && (
        <Notice tone="look" testId="act-refused">
          {actions.state.text}
        </Notice>
      )}
      <OperatorField name={by} onChange={setBy} />
      <AssignForm stops={chosen} reasons={reasons} by={by} actions={actions} onDone={onDone} />
      {chosen.length === 1 && (
        <section aria-label="Cut the stop" className={css.cut}>
          <SplitForm stop={first} stops={stops} timeZone={timeZone} by={by} actions={actions} onDone={onDone} />
        </section>
      )}
    </div>
  );
}
