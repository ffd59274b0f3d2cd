import { Button, Checkbox, Group, Select, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, type RefObject, useState } from 'react';
import { type Reason, ReasonTimeClass } from '../../../shared/domain/reason.ts';
import { Notice } from '../../components/notice.tsx';
import { STATE_FACES } from '../machine-state/state-face.ts';
import css from './reason-panel.module.css';
import { describeClassChange, nameOf, possibleParents, toReasonId } from './reason-rows.ts';

interface Props {
  /** What is changed, or the model of a new one. */
  readonly reason: Reason;
  readonly isNew: boolean;
  readonly reasons: readonly Reason[];
  readonly nameField: RefObject<HTMLInputElement | null>;
  readonly onSave: (reason: Reason) => void;
  readonly onRetire: () => void;
  readonly onCancel: () => void;
}

const CLASSES = ReasonTimeClass.options.map((value) => ({ value, label: STATE_FACES[value].word }));
const TOP = '';

/** Names, class and place of one reason. Enter saves, Escape goes back to the tree. */
export function ReasonForm({ reason, isNew, reasons, nameField, onSave, onRetire, onCancel }: Props): ReactElement {
  const [draft, setDraft] = useState(reason);
  const set = (change: Partial<Reason>): void => setDraft((last) => ({ ...last, ...change }));
  const english = draft.names['en'] ?? '';
  const setName = (language: string, name: string): void => {
    const others = Object.entries(draft.names).filter(([other]) => other !== language);
    const named = name === '' && language !== 'en' ? others : [...others, [language, name] as const];
    set({ names: Object.fromEntries(named) });
  };
  const warning = isNew ? null : describeClassChange(reason.timeClass, draft.timeClass);
  const isRetired = reason.retiredAtMs !== null;
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    const reasonId = isNew ? toReasonId(english, reasons) : draft.reasonId;
    onSave({ ...draft, reasonId, retiredAtMs: null });
  };
  const places = possibleParents(reasons, isNew ? null : reason.reasonId);
  return (
    <form
      className={css.form}
      onSubmit={onSubmit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
      data-testid="reason-form"
    >
      <TextInput
        ref={nameField}
        label="Name (English)"
        required
        maxLength={100}
        value={english}
        onChange={(event) => setName('en', event.currentTarget.value)}
        data-testid="reason-name"
      />
      <TextInput
        label="Name (German)"
        maxLength={100}
        value={draft.names['de'] ?? ''}
        onChange={(event) => setName('de', event.currentTarget.value)}
      />
      <Select
        label="Below"
        size="xs"
        searchable
        allowDeselect={false}
        data={[
          { value: TOP, label: '— top of the tree' },
          ...places.map((one) => ({ value: one.reasonId, label: nameOf(one) })),
        ]}
        value={draft.parentReasonId ?? TOP}
        onChange={(value) => set({ parentReasonId: value === TOP ? null : value })}
        data-testid="reason-parent"
      />
      <Select
        label="Counts as"
        size="xs"
        allowDeselect={false}
        data={CLASSES}
        value={draft.timeClass}
        onChange={(value) => set({ timeClass: ReasonTimeClass.parse(value) })}
        data-testid="reason-class"
      />
      <Checkbox
        size="xs"
        label="Planned: decided before it happens (splits the Pareto; the class alone moves OEE)"
        checked={draft.isPlanned}
        onChange={(event) => set({ isPlanned: event.currentTarget.checked })}
      />
      {warning !== null && (
        <Notice tone="look" testId="class-warning">
          {warning}
        </Notice>
      )}
      {!isNew && <p className={css.quiet}>Id {reason.reasonId}: it stands in stops for ever and does not change.</p>}
      <Group gap={8}>
        <Button type="submit" size="xs" data-testid="reason-save">
          {isNew ? 'Add' : isRetired ? 'Offer it again' : 'Save'}
        </Button>
        {!isNew && !isRetired && (
          <Button size="xs" variant="default" onClick={onRetire} title="Del" data-testid="reason-retire">
            Retire
          </Button>
        )}
        {isNew && (
          <Button size="xs" variant="default" onClick={onCancel} title="Esc">
            Cancel
          </Button>
        )}
      </Group>
    </form>
  );
}
