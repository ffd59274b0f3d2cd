import { Chip, Group } from '@mantine/core';
import type { ReactElement } from 'react';
import { Weekday } from '../../../shared/config/equipment.ts';
import type { DayName } from './shift-draft.ts';

interface Props {
  readonly days: readonly DayName[];
  readonly onChange: (days: DayName[]) => void;
}

const WEEKDAYS = Weekday.options.map((day) => ({ day, title: `${day.charAt(0).toUpperCase()}${day.slice(1)}` }));

/** Days of the week, chosen in their order. */
export function DayChips({ days, onChange }: Props): ReactElement {
  return (
    <Chip.Group
      multiple
      value={[...days]}
      onChange={(next) => onChange(Weekday.options.filter((day) => next.includes(day)))}
    >
      <Group gap={4}>
        {WEEKDAYS.map(({ day, title }) => (
          <Chip key={day} value={day} size="xs" radius="sm" variant="outline">
            {title}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}
