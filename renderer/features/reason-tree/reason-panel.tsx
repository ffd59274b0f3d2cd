import { Button, Checkbox, Group } from '@mantine/core';
import { type ReactElement, useRef, useState } from 'react';
import type { Reason } from '../../../shared/domain/reason.ts';
import { Card } from '../../components/card.tsx';
import { Notice } from '../../components/notice.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { EditorHead } from '../oee/editor-head.tsx';
import { PeopleCard } from './people-card.tsx';
import { ReasonForm } from './reason-form.tsx';
import { ReasonList } from './reason-list.tsx';
import css from './reason-panel.module.css';
import { toReasonRows, type TreeStep } from './reason-rows.ts';
import { useReasonEdit } from './use-reason-edit.ts';

const without = (ids: ReadonlySet<string>, id: string): ReadonlySet<string> =>
  new Set([...ids].filter((one) => one !== id));

/** Why machines may stand: the tree, the reason that is chosen, and the people who give them. */
export function ReasonPanel(): ReactElement {
  const edit = useReasonEdit();
  const [search, setSearch] = useState('');
  const [closedIds, setClosedIds] = useState<ReadonlySet<string>>(new Set());
  const [isRetiredShown, setRetiredShown] = useState(false);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  const tree = useRef<HTMLDivElement>(null);
  const nameField = useRef<HTMLInputElement>(null);
  const reasons = edit.reasons ?? [];
  const rows = toReasonRows(reasons, { search, closedIds, isRetiredShown });
  const chosen = reasons.find((reason) => reason.reasonId === chosenId) ?? null;

  const focusSoon = (field: { readonly current: HTMLElement | null }): void =>
    void requestAnimationFrame(() => field.current?.focus());
  const backToTree = (): void => {
    setAdding(false);
    focusSoon(tree);
  };
  const retire = async (reason: Reason): Promise<void> => {
    if (reason.retiredAtMs === null && (await edit.retire(reason))) backToTree();
  };
  const onStep = (step: TreeStep): void => {
    switch (step.kind) {
      case 'choose':
        setAdding(false);
        return setChosenId(step.reasonId);
      case 'open':
        return setClosedIds((ids) => without(ids, step.reasonId));
      case 'close':
        return setClosedIds((ids) => new Set(ids).add(step.reasonId));
      case 'rename':
        return focusSoon(nameField);
      case 'add':
        setAdding(true);
        return focusSoon(nameField);
      case 'retire':
        if (chosen !== null) void retire(chosen);
        return;
    }
  };
  const save = async (reason: Reason): Promise<void> => {
    if (!(await edit.put(reason))) return;
    setChosenId(reason.reasonId);
    backToTree();
  };
  const shownInForm = isAdding ? toNewReason(chosen) : chosen;
  return (
    <div className={css.screen} data-testid="screen-reasons">
      <EditorHead title="Reasons" />
      {edit.failure !== null && (
        <Notice tone="look" testId="reason-failure">
          {edit.failure}
        </Notice>
      )}
      {edit.done !== null && (
        <Notice tone="calm" testId="reason-done">
          {edit.done.text}{' '}
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => void edit.undo().then(backToTree)}
            data-testid="reason-undo"
          >
            Take it back
          </Button>
        </Notice>
      )}
      <div className={css.columns}>
        <Card title="Why machines stand" note="↑ ↓ ← → walk, F2 edits, Ins adds below, Del retires" testId="reasons">
          <Group gap={12} mb={8}>
            <SearchField label="Search reasons" value={search} onChange={setSearch} testId="reason-search" />
            <Button size="xs" variant="default" onClick={() => onStep({ kind: 'add' })} data-testid="reason-add">
              {chosen === null ? 'Add' : 'Add below'}
            </Button>
            <Checkbox
              size="xs"
              label="Show retired"
              checked={isRetiredShown}
              onChange={(event) => setRetiredShown(event.currentTarget.checked)}
            />
          </Group>
          <ReasonList rows={rows} chosenId={chosenId} treeField={tree} onStep={onStep} />
          {rows.length === 0 && <p className={css.quiet}>No reason of that name.</p>}
        </Card>
        <div className={css.side}>
          <Card title={isAdding ? 'New reason' : 'Reason'} testId="reason-details">
            {shownInForm === null ? (
              <p className={css.quiet}>Choose a reason to change it.</p>
            ) : (
              <ReasonForm
                key={`${isAdding ? 'new' : ''} ${JSON.stringify(shownInForm)}`}
                reason={shownInForm}
                isNew={isAdding}
                reasons={reasons}
                nameField={nameField}
                onSave={(reason) => void save(reason)}
                onRetire={() => void retire(shownInForm)}
                onCancel={backToTree}
              />
            )}
          </Card>
          <PeopleCard />
        </div>
      </div>
    </div>
  );
}

/** Below the one that is chosen, and of its class. */
const toNewReason = (model: Reason | null): Reason => ({
  reasonId: '',
  parentReasonId: model?.reasonId ?? null,
  names: {},
  timeClass: model?.timeClass ?? 'failure',
  isPlanned: model?.isPlanned ?? false,
  retiredAtMs: null,
});
