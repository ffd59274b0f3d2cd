import { Button, Textarea } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import type { ShiftHead } from '../../../shared/domain/equipment-shift.ts';
import { toSignOff } from '../../../shared/oee-report/sign-off.ts';
import { Notice } from '../../components/notice.tsx';
import { OperatorField, useOperator } from '../stop-reason/operator.tsx';
import { useOeeActions } from '../stop-reason/use-oee-actions.ts';
import css from './shift-report.module.css';

interface Props {
  readonly equipmentId: string;
  readonly shift: ShiftHead;
  readonly timeZone: string;
}

/** Signs the revision that is on screen; the engine refuses it when there is a newer one (nobody signs unseen). */
export function SignForm({ equipmentId, shift, timeZone }: Props): ReactElement {
  const [by, setBy] = useOperator();
  const [comment, setComment] = useState('');
  const [signedRevision, setSignedRevision] = useState<number | null>(null);
  const actions = useOeeActions();
  const signOff = toSignOff(shift, timeZone);
  const { revision } = shift;
  const sign = async (): Promise<void> => {
    const words = comment.trim() === '' ? null : comment.trim();
    const { fromMs: shiftFromMs } = shift;
    const isDone = await actions.act([{ kind: 'sign-shift', equipmentId, shiftFromMs, revision, comment: words, by }]);
    if (isDone) setSignedRevision(revision);
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void sign();
  };
  const canSign = (signOff.phase === 'unsigned' || signOff.phase === 'outdated') && signedRevision !== revision;
  return (
    <section className={css.form} aria-label="Sign-off">
      <h3 className={css.title}>Sign-off</h3>
      <p className={css.note} data-testid="sign-state">
        {signedRevision === revision ? `Revision ${revision} is signed.` : signOff.text}
      </p>
      {canSign && (
        <form className={css.form} onSubmit={onSubmit}>
          <OperatorField name={by} onChange={setBy} />
          <Textarea
            label="Comment"
            size="xs"
            autosize
            minRows={2}
            maxLength={1_000}
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
            data-testid="sign-comment"
          />
          <Button
            type="submit"
            size="xs"
            variant="default"
            loading={actions.state.phase === 'busy'}
            disabled={by.trim() === ''}
            data-testid="sign"
          >
            Sign revision {revision}
          </Button>
        </form>
      )}
      {actions.state.phase === 'refused' && (
        <Notice tone="look" testId="sign-refused">
          {actions.state.text}
        </Notice>
      )}
    </section>
  );
}
