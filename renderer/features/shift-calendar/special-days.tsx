import { Button, Group, Select, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { CalendarConfig, PlannedWindowConfig } from '../../../shared/config/calendar.ts';
import { Card } from '../../components/card.tsx';
import css from './calendar-panel.module.css';

interface Props {
  readonly calendar: CalendarConfig;
  readonly machines: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (calendar: CalendarConfig) => void;
}

const KINDS = [
  { value: 'maintenance', label: 'Maintenance' },
  { value: 'no-demand', label: 'No demand' },
  { value: 'setup-target', label: 'Change-over target' },
] as const;
const EVERY = '';

const whenText = ({ when }: PlannedWindowConfig): string =>
  `${'on' in when ? `${when.on.join(', ')} ` : ''}${when.from.replace('T', ' ')} – ${when.to.replace('T', ' ')}`;

/** Days that are not as the week says, and windows that are planned beside the shifts. */
export function SpecialDays({ calendar, machines, onChange }: Props): ReactElement {
  const [date, setDate] = useState('');
  const [name, setName] = useState('');
  const [window, setWindow] = useState({ name: '', from: '', to: '', kind: 'maintenance', machine: EVERY });
  const set = (part: Partial<CalendarConfig>): void => onChange({ ...calendar, ...part });
  const without = <T,>(items: readonly T[], item: T): T[] => items.filter((one) => one !== item);
  const addWindow = (): void => {
    const kind = KINDS.find(({ value }) => value === window.kind)?.value ?? 'maintenance';
    const machine = window.machine === EVERY ? {} : { machine: window.machine };
    const when = { from: window.from, to: window.to };
    set({ plannedWindows: [...calendar.plannedWindows, { ...machine, name: window.name, kind, when }] });
    setWindow({ ...window, name: '' });
  };
  return (
    <Card title="Special days and planned windows" testId="special-days">
      <ul className={css.list}>
        {calendar.exceptions.map((one) => (
          <li key={one.date}>
            {one.date} {one.name}:{' '}
            {one.shifts === 'closed' ? 'closed' : one.shifts.map((shift) => shift.name).join(', ')}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`Remove ${one.name}`}
              onClick={() => set({ exceptions: without(calendar.exceptions, one) })}
            >
              Remove
            </Button>
          </li>
        ))}
        {calendar.plannedWindows.map((one) => (
          <li key={JSON.stringify(one)}>
            {one.name}: {KINDS.find(({ value }) => value === one.kind)?.label} {whenText(one)},{' '}
            {one.machine ?? 'every machine'}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`Remove ${one.name}`}
              onClick={() => set({ plannedWindows: without(calendar.plannedWindows, one) })}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <Group gap={8} align="end">
        <TextInput
          label="Closed on"
          type="date"
          w={136}
          value={date}
          onChange={(event) => setDate(event.currentTarget.value)}
          data-testid="closed-date"
        />
        <TextInput
          label="Because of"
          flex={1}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="closed-name"
        />
        <Button
          size="xs"
          variant="default"
          disabled={date === '' || name.trim() === ''}
          onClick={() => {
            set({ exceptions: [...calendar.exceptions, { date, name, shifts: 'closed' }] });
            setDate('');
            setName('');
          }}
        >
          Close the day
        </Button>
      </Group>
      <Group gap={8} align="end" mt={8}>
        <TextInput
          label="Planned window"
          w={136}
          value={window.name}
          onChange={(event) => setWindow({ ...window, name: event.currentTarget.value })}
        />
        <Select
          label="Kind"
          size="xs"
          w={148}
          allowDeselect={false}
          data={[...KINDS]}
          value={window.kind}
          onChange={(kind) => setWindow({ ...window, kind: kind ?? window.kind })}
        />
        <Select
          label="For"
          size="xs"
          w={136}
          allowDeselect={false}
          data={[
            { value: EVERY, label: 'Every machine' },
            ...machines.map(({ id, name: label }) => ({ value: id, label })),
          ]}
          value={window.machine}
          onChange={(machine) => setWindow({ ...window, machine: machine ?? EVERY })}
        />
        <TextInput
          label="From"
          type="datetime-local"
          value={window.from}
          onChange={(event) => setWindow({ ...window, from: event.currentTarget.value })}
        />
        <TextInput
          label="To"
          type="datetime-local"
          value={window.to}
          onChange={(event) => setWindow({ ...window, to: event.currentTarget.value })}
        />
        <Button
          size="xs"
          variant="default"
          disabled={[window.name.trim(), window.from, window.to].includes('')}
          onClick={addWindow}
        >
          Plan it
        </Button>
      </Group>
    </Card>
  );
}
