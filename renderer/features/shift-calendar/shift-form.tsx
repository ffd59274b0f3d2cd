import { Button, Group, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import css from './calendar-panel.module.css';
import { DayChips } from './day-chips.tsx';
import type { DayName, DayShift } from './shift-draft.ts';

interface Props {
  readonly shift: DayShift;
  /** Null for a shift of one special day. */
  readonly days: readonly DayName[] | null;
  /** Faults by the field of the shift, such as `from`; '' is the shift itself. */
  readonly faults: ReadonlyMap<string, string>;
  readonly onChange: (part: Partial<DayShift>) => void;
  readonly onDays?: (days: DayName[]) => void;
  readonly onRemove: () => void;
}

/** Name, days, times and breaks of one shift. */
export function ShiftForm({ shift, days, faults, onChange: set, onDays, onRemove }: Props): ReactElement {
  const setBreak = (at: number, part: Partial<DayShift['breaks'][number]>): void =>
    set({ breaks: shift.breaks.map((pause, index) => (index === at ? { ...pause, ...part } : pause)) });
  const time = (label: string, field: string, value: string, write: (text: string) => void): ReactElement => (
    <TextInput
      label={label}
      placeholder="06:00"
      maxLength={5}
      w={72}
      value={value}
      error={faults.get(field)}
      onChange={(event) => write(event.currentTarget.value)}
      data-testid={`shift-${field}`}
    />
  );
  return (
    <div className={css.form} data-testid="shift-form">
      <Group gap={8} align="start" wrap="nowrap">
        <TextInput
          label="Name"
          flex={1}
          value={shift.name}
          error={faults.get('name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-testid="shift-name"
        />
        {time('From', 'from', shift.from, (from) => set({ from }))}
        {time('To', 'to', shift.to, (to) => set({ to }))}
      </Group>
      {days !== null && <DayChips days={days} onChange={(next) => onDays?.(next)} />}
      {faults.has('days') && <p className={css.fault}>{faults.get('days')}</p>}
      {shift.breaks.map((pause, index) => (
        <Group key={index} gap={8} align="end" wrap="nowrap" data-testid="shift-break">
          <TextInput
            label="Break"
            flex={1}
            value={pause.name}
            error={faults.get(`breaks[${index}].name`)}
            onChange={(event) => setBreak(index, { name: event.currentTarget.value })}
          />
          {time('From', `breaks[${index}].from`, pause.from, (from) => setBreak(index, { from }))}
          {time('To', `breaks[${index}].to`, pause.to, (to) => setBreak(index, { to }))}
          <Button
            size="xs"
            variant="subtle"
            aria-label={`Remove the break ${pause.name}`}
            onClick={() => set({ breaks: shift.breaks.filter((_pause, at) => at !== index) })}
          >
            Remove
          </Button>
        </Group>
      ))}
      <Group gap={8}>
        <Button
          size="xs"
          variant="default"
          onClick={() => set({ breaks: [...shift.breaks, { name: 'Break', from: shift.from, to: shift.from }] })}
          data-testid="add-break"
        >
          Add a break
        </Button>
        <Button size="xs" variant="subtle" onClick={onRemove}>
          Remove the shift
        </Button>
      </Group>
      {faults.has('') && (
        <p className={css.fault} role="alert" data-testid="shift-fault">
          {faults.get('')}
        </p>
      )}
    </div>
  );
}
