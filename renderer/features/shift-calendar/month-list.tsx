import { Table } from '@mantine/core';
import type { ReactElement } from 'react';
import type { ShiftInstance } from '../../../shared/oee/shift-calendar.ts';
import { localTimeAt } from '../../../shared/oee/zoned-time.ts';
import { durationText } from '../../components/time-text.ts';
import css from './calendar-panel.module.css';

interface Props {
  readonly shifts: readonly ShiftInstance[];
  readonly timeZone: string;
}

const lengthOf = ({ fromMs, toMs }: ShiftInstance): number => toMs - fromMs;

/** Every shift of a month under its production day; one that is longer or shorter than its kind stands out. */
export function MonthList({ shifts, timeZone }: Props): ReactElement {
  const usual = new Map<string, number[]>();
  for (const shift of shifts) usual.set(shift.name, [...(usual.get(shift.name) ?? []), lengthOf(shift)]);
  const isUnusual = (shift: ShiftInstance): boolean => {
    const lengths = (usual.get(shift.name) ?? []).toSorted((a, b) => a - b);
    return lengthOf(shift) !== lengths[Math.floor(lengths.length / 2)];
  };
  return (
    <div className={css.month} tabIndex={0} role="region" aria-label="Shifts of the month" data-testid="calendar-month">
      <Table verticalSpacing={4} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {['Production day', 'Shift', 'From', 'To', 'Length', 'Breaks'].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shifts.map((shift) => (
            <Table.Tr key={`${shift.localDate} ${shift.name}`} data-tone={isUnusual(shift) ? 'look' : 'calm'}>
              <Table.Td>{shift.localDate}</Table.Td>
              <Table.Td>{shift.name}</Table.Td>
              <Table.Td>{localTimeAt(shift.fromMs, timeZone)}</Table.Td>
              <Table.Td>{localTimeAt(shift.toMs, timeZone)}</Table.Td>
              <Table.Td>
                {durationText(lengthOf(shift))}
                {isUnusual(shift) && ' — the clocks change, or the day is special'}
              </Table.Td>
              <Table.Td>{durationText(shift.breaks.reduce((sum, one) => sum + one.toMs - one.fromMs, 0))}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {shifts.length === 0 && <p className={css.quiet}>No shift in this month: all of it is not scheduled.</p>}
    </div>
  );
}
