import { Table } from '@mantine/core';
import type { ReactElement } from 'react';
import { Card } from '../../components/card.tsx';
import { StateMark } from '../machine-state/state-mark.tsx';
import css from './machines-table.module.css';
import type { MachineRowView } from './overview-view.ts';

interface Props {
  readonly rows: readonly MachineRowView[];
  /** Why there are no rows. */
  readonly absence: string;
}

export function MachinesTable({ rows, absence }: Props): ReactElement {
  return (
    <Card title="Machines now">
      {rows.length === 0 ? (
        <p className={css.absence}>{absence}</p>
      ) : (
        <Table className={css.table} verticalSpacing={6} horizontalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Machine</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th className={css.number}>Since</Table.Th>
              <Table.Th className={css.number}>OEE, shift</Table.Th>
              <Table.Th className={css.number}>Availability</Table.Th>
              <Table.Th className={css.number}>Performance</Table.Th>
              <Table.Th className={css.number}>Quality</Table.Th>
              <Table.Th>Most costly</Table.Th>
              <Table.Th className={css.number}>Known time</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <MachineRow key={row.id} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
}

function MachineRow({ row }: { readonly row: MachineRowView }): ReactElement {
  return (
    <Table.Tr data-testid={`machine-row-${row.id}`}>
      <Table.Td className={css.name}>{row.name}</Table.Td>
      <Table.Td>
        <span className={css.state} data-class={row.timeClass}>
          <StateMark timeClass={row.timeClass} />
          <span className={css.word}>{row.state}</span>
        </span>
      </Table.Td>
      <Table.Td className={css.number}>{row.since}</Table.Td>
      <Table.Td className={css.number}>
        <strong>{row.oee}</strong>
      </Table.Td>
      <Table.Td className={css.number}>{row.availability}</Table.Td>
      <Table.Td className={css.number}>{row.performance}</Table.Td>
      <Table.Td className={css.number}>{row.quality}</Table.Td>
      <Table.Td className={row.isRemarkQuiet ? css.quiet : undefined}>{row.remark}</Table.Td>
      <Table.Td className={css.number} data-low={row.isCoverageLow}>
        {row.coverage}
        {row.isCoverageLow && <span className={css.low}> low</span>}
      </Table.Td>
    </Table.Tr>
  );
}
