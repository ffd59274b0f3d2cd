import { Button, Group, Select, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { PlannedWindowConfig } from '../../../shared/config/calendar.ts';
import { Card } from '../../components/card.tsx';
import css from './calendar-panel.module.css';
import { DayChips } from './day-chips.tsx';
import type { DayName } from './shift-draft.ts';

interface Props {
  readonly windows: readonly PlannedWindowConfig[];
  readonly machines: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (windows: PlannedWindowConfig[]) => void;
}

const KINDS = [
  { value: 'maintenance', label: 'Maintenance' },
  { value: 'no-demand', label: 'No demand' },
  { value: 'setup-target', label: 'Change-over target' },
] as const;
const EVERY = '';
const WALL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

const whenText = ({ when }: PlannedWindowConfig): string =>
  `${'on' in when ? `every ${when.on.join(', ')} ` : ''}${when.from.replace('T', ' ')} – ${when.to.replace('T', ' ')}`;

/** Time that is planned beside the shifts: maintenance, no demand, the target of a change-over; once or every week. */
export function PlannedWindows({ windows, machines, onChange }: Props): ReactElement {
  return (
    <Card title="Planned windows" note="dashed in the week" testId="planned-windows">
      <ul className={css.list}>
        {windows.map((one, at) => (
          <li key={at} data-testid="window-row">
            {one.name}: {KINDS.find(({ value }) => value === one.kind)?.label} {whenText(one)},{' '}
            {one.machine ?? 'every machine'}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`Remove ${one.name}`}
              onClick={() => onChange(windows.filter((other) => other !== one))}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <AddWindow machines={machines} onAdd={(window) => onChange([...windows, window])} />
    </Card>
  );
}

interface AddProps {
  readonly machines: Props['machines'];
  readonly onAdd: (window: PlannedWindowConfig) => void;
}

function AddWindow({ machines, onAdd }: AddProps): ReactElement {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<string>('maintenance');
  const [machine, setMachine] = useState(EVERY);
  const [isWeekly, setWeekly] = useState(false);
  const [days, setDays] = useState<readonly DayName[]>([]);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const isTimed = isWeekly
    ? days.length > 0 && WALL_TIME.test(from) && WALL_TIME.test(to) && from !== to
    : from !== '' && to !== '' && from < to;
  const add = (): void => {
    const found = KINDS.find(({ value }) => value === kind)?.value ?? 'maintenance';
    const where = machine === EVERY ? {} : { machine };
    onAdd({ ...where, name: name.trim(), kind: found, when: isWeekly ? { on: [...days], from, to } : { from, to } });
    setName('');
  };
  const time = (label: string, value: string, onChange: (value: string) => void): ReactElement => (
    <TextInput
      label={label}
      {...(isWeekly ? { placeholder: '06:00', maxLength: 5, w: 72 } : { type: 'datetime-local' })}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-testid={`window-${label.toLowerCase()}`}
    />
  );
  return (
    <>
      <Group gap={8} align="end">
        <TextInput
          label="Name"
          w={136}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="window-name"
        />
        <Select
          label="Kind"
          size="xs"
          w={148}
          allowDeselect={false}
          data={[...KINDS]}
          value={kind}
          onChange={(next) => setKind(next ?? kind)}
          data-testid="window-kind"
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
          value={machine}
          onChange={(next) => setMachine(next ?? EVERY)}
          data-testid="window-machine"
        />
        <Select
          label="When"
          size="xs"
          w={120}
          allowDeselect={false}
          data={[
            { value: 'once', label: 'Once' },
            { value: 'weekly', label: 'Every week' },
          ]}
          value={isWeekly ? 'weekly' : 'once'}
          onChange={(next) => {
            setWeekly(next === 'weekly');
            setFrom('');
            setTo('');
          }}
          data-testid="window-when"
        />
        {time('From', from, setFrom)}
        {time('To', to, setTo)}
        <Button
          size="xs"
          variant="default"
          disabled={name.trim() === '' || !isTimed}
          onClick={add}
          data-testid="add-window"
        >
          Plan it
        </Button>
      </Group>
      {isWeekly && (
        <div className={css.days} role="group" aria-label="Days of the window">
          <DayChips days={days} onChange={setDays} />
        </div>
      )}
    </>
  );
}
