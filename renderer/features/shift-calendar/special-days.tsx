import { Button, Group, Select, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { CalendarException } from '../../../shared/config/calendar.ts';
import type { SiteEditResult } from '../../../shared/domain/site-edit.ts';
import { Card } from '../../components/card.tsx';
import css from './calendar-panel.module.css';
import type { Plan } from './calendar-week.ts';
import { type DayShift, faultsAt, freeName, shiftsToBegin, withException } from './shift-draft.ts';
import { ShiftForm } from './shift-form.tsx';

interface Props {
  readonly plan: Plan;
  /** Date of the day whose shifts are edited. */
  readonly opened: string | null;
  readonly planned: SiteEditResult | null;
  readonly onOpen: (date: string | null) => void;
  readonly onChange: (plan: Plan) => void;
}

const shiftsText = ({ shifts }: CalendarException): string =>
  shifts === 'closed' ? 'closed' : shifts.map(({ name, from, to }) => `${name} ${from}–${to}`).join(', ');

/** Days that are not as the week says: closed, or with shifts of their own. */
export function SpecialDays({ plan, opened, planned, onOpen, onChange }: Props): ReactElement {
  const { calendar } = plan;
  const remove = (one: CalendarException): void =>
    onChange({ ...plan, calendar: { ...calendar, exceptions: calendar.exceptions.filter((other) => other !== one) } });
  return (
    <Card title="Special days" testId="special-days">
      <ul className={css.list}>
        {calendar.exceptions.map((one, at) => (
          <li key={at} data-testid="special-day">
            <span>
              {one.date} {one.name}: {shiftsText(one)}
            </span>
            <Group gap={4} ml="auto" wrap="nowrap">
              {one.shifts !== 'closed' && (
                <Button
                  size="compact-xs"
                  variant={one.date === opened ? 'outline' : 'default'}
                  aria-expanded={one.date === opened}
                  aria-label={`Edit ${one.name}`}
                  onClick={() => onOpen(one.date === opened ? null : one.date)}
                >
                  Edit
                </Button>
              )}
              <Button size="compact-xs" variant="subtle" aria-label={`Remove ${one.name}`} onClick={() => remove(one)}>
                Remove
              </Button>
            </Group>
          </li>
        ))}
      </ul>
      {calendar.exceptions.map(
        (one, at) =>
          one.date === opened &&
          one.shifts !== 'closed' && (
            <SpecialShifts
              key={one.date}
              name={one.name}
              shifts={one.shifts}
              faultsOf={(index) => faultsAt(planned, `calendar.exceptions[${at}].shifts[${index}]`)}
              onChange={(shifts) => onChange(withException(plan, { ...one, shifts }))}
            />
          ),
      )}
      <AddDay
        isKnown={(date) => calendar.exceptions.some((one) => one.date === date)}
        onAdd={(date, name, isClosed) => {
          const shifts = isClosed ? ('closed' as const) : shiftsToBegin(plan.shifts, date);
          onChange(withException(plan, { date, name, shifts }));
          if (!isClosed) onOpen(date);
        }}
      />
    </Card>
  );
}

interface ShiftsProps {
  readonly name: string;
  readonly shifts: readonly DayShift[];
  readonly faultsOf: (index: number) => ReadonlyMap<string, string>;
  readonly onChange: (shifts: DayShift[]) => void;
}

function SpecialShifts({ name, shifts, faultsOf, onChange }: ShiftsProps): ReactElement {
  return (
    <section className={css.special} aria-label={`Shifts of ${name}`} data-testid="special-shifts">
      {shifts.map((shift, index) => (
        <ShiftForm
          key={index}
          shift={shift}
          days={null}
          faults={faultsOf(index)}
          onChange={(part) => onChange(shifts.map((one, at) => (at === index ? { ...one, ...part } : one)))}
          onRemove={() => onChange(shifts.filter((_one, at) => at !== index))}
        />
      ))}
      <Button
        size="xs"
        variant="default"
        onClick={() => onChange([...shifts, { name: freeName(shifts), from: '06:00', to: '14:00', breaks: [] }])}
        data-testid="add-special-shift"
      >
        Add a shift to {name}
      </Button>
    </section>
  );
}

interface AddProps {
  readonly isKnown: (date: string) => boolean;
  readonly onAdd: (date: string, name: string, isClosed: boolean) => void;
}

function AddDay({ isKnown, onAdd }: AddProps): ReactElement {
  const [date, setDate] = useState('');
  const [name, setName] = useState('');
  const [isClosed, setClosed] = useState(true);
  return (
    <Group gap={8} align="start">
      <TextInput
        label="Date"
        type="date"
        w={136}
        value={date}
        error={isKnown(date) ? 'is special already' : undefined}
        onChange={(event) => setDate(event.currentTarget.value)}
        data-testid="special-date"
      />
      <TextInput
        label="Because of"
        flex={1}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="special-name"
      />
      <Select
        label="Then"
        size="xs"
        w={128}
        allowDeselect={false}
        data={[
          { value: 'closed', label: 'Closed' },
          { value: 'own', label: 'Other shifts' },
        ]}
        value={isClosed ? 'closed' : 'own'}
        onChange={(next) => setClosed(next !== 'own')}
        data-testid="special-kind"
      />
      <Button
        size="xs"
        mt={24}
        variant="default"
        disabled={date === '' || name.trim() === '' || isKnown(date)}
        onClick={() => {
          onAdd(date, name.trim(), isClosed);
          setDate('');
          setName('');
        }}
        data-testid="add-special"
      >
        Add the day
      </Button>
    </Group>
  );
}
