import { Button, Group, Select, Textarea } from '@mantine/core';
import { type FormEvent, type ReactElement, useState } from 'react';
import type { Stop } from '../../../shared/domain/equipment-shift.ts';
import type { OeeAction } from '../../../shared/domain/oee-action.ts';
import type { Reason } from '../../../shared/domain/reason.ts';
import { Notice } from '../../components/notice.tsx';
import { plural } from '../../components/number-text.ts';
import type { Answer } from '../../components/use-answer.ts';
import { toReasonGroups } from './reason-tree.ts';
import css from './stop-drawer.module.css';
import type { OeeActions } from './use-oee-actions.ts';

interface Props {
  readonly stops: readonly Stop[];
  readonly reasons: Answer<readonly Reason[]>;
  readonly by: string;
  readonly actions: OeeActions;
  readonly onDone: () => void;
}

/** One reason for one or several stops, with a comment. Every act is a new entry; nothing is overwritten. */
export function AssignForm({ stops, reasons, by, actions, onDone }: Props): ReactElement {
  const [reasonId, setReasonId] = useState<string | null>(stops.length === 1 ? (stops[0]?.reasonId ?? null) : null);
  const [comment, setComment] = useState('');
  if (reasons.phase === 'failed') return <Notice tone="look">{reasons.text}</Notice>;
  if (reasons.phase === 'waiting') return <p className={css.quiet}>Reading the reasons …</p>;
  const assign = async (chosen: string | null): Promise<void> => {
    const isDone = await actions.act(stops.map((stop) => toAssignment(stop, chosen, comment, by)));
    if (isDone) onDone();
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void assign(reasonId);
  };
  const isBusy = actions.state.phase === 'busy';
  const isAssigned = stops.some((stop) => stop.assignedBy !== null);
  return (
    <form className={css.form} onSubmit={onSubmit}>
      <Select
        label="Reason"
        placeholder="Type to search"
        size="xs"
        required
        searchable
        openOnFocus={false}
        data={toReasonGroups(reasons.value).map(({ group, items }) => ({ group, items: [...items] }))}
        value={reasonId}
        onChange={setReasonId}
        nothingFoundMessage="No reason of that name"
        data-autofocus
        data-testid="reason-picker"
      />
      <Textarea
        label="Comment"
        size="xs"
        autosize
        minRows={2}
        maxLength={1_000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
        data-testid="reason-comment"
      />
      <Group gap={8}>
        <Button
          type="submit"
          size="xs"
          loading={isBusy}
          disabled={reasonId === null || by.trim() === ''}
          data-testid="assign"
        >
          {stops.length === 1 ? 'Give this reason' : `Give it to ${plural(stops.length, 'stop')}`}
        </Button>
        {isAssigned && (
          <Button
            size="xs"
            variant="default"
            disabled={isBusy || by.trim() === ''}
            onClick={() => void assign(null)}
            data-testid="unassign"
          >
            Take the reason back
          </Button>
        )}
      </Group>
    </form>
  );
}

function toAssignment(stop: Stop, reasonId: string | null, comment: string, by: string): OeeAction {
  return {
    kind: 'assign-reason',
    equipmentId: stop.machineId,
    fromMs: stop.fromMs,
    toMs: stop.toMs,
    reasonId,
    comment: comment.trim() === '' ? null : comment.trim(),
    by,
  };
}
