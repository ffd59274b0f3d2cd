import { Anchor, Table } from '@mantine/core';
import type { ReactElement } from 'react';
import { addressOf, toHash } from '../../app/screens.ts';
import { Card } from '../../components/card.tsx';
import table from '../../components/plain-table.module.css';
import { FigureScopeContext } from '../explain/explain-context.ts';
import { FigureButton } from '../explain/figure-button.tsx';
import { StateMark } from '../machine-state/state-mark.tsx';
import css from './fleet-grid.module.css';
import type { FleetRow } from './fleet-view.ts';

interface Props {
  readonly rows: readonly FleetRow[];
  /** The shift that is shown; null is the running one. */
  readonly shiftFromMs: number | null;
}

const NUMBER_TITLES = ['OEE', 'Good', 'Target'];

/** Every machine in a row: what it does, for how long, what it makes, and what nobody has explained. */
export function FleetGrid({ rows, shiftFromMs }: Props): ReactElement {
  return (
    <Card title="Machines" testId="fleet-grid">
      <Table className={table.table ?? ''} verticalSpacing={5} horizontalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Machine</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th className={table.number}>For</Table.Th>
            <Table.Th>Product, order</Table.Th>
            {NUMBER_TITLES.map((title) => (
              <Table.Th key={title} className={table.number}>
                {title}
              </Table.Th>
            ))}
            <Table.Th>Without a reason</Table.Th>
            <Table.Th>Most costly</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} shiftFromMs={shiftFromMs} />
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function Row({ row, shiftFromMs }: { readonly row: FleetRow; readonly shiftFromMs: number | null }): ReactElement {
  return (
    <FigureScopeContext
      value={{ equipmentId: row.id, name: row.name, shiftFromMs: row.shiftFromMs, timeZone: row.timeZone }}
    >
      <Table.Tr data-testid={`fleet-${row.id}`}>
        <Table.Td>
          <Anchor href={toHash(addressOf('oee', row.id, shiftFromMs))}>{row.name}</Anchor>
        </Table.Td>
        <Table.Td>
          <span className={css.state} data-class={row.timeClass}>
            <StateMark timeClass={row.timeClass} />
            {row.state}
          </span>
        </Table.Td>
        <Table.Td className={table.number}>{row.stateFor}</Table.Td>
        <Table.Td className={css.together}>{row.product}</Table.Td>
        <Table.Td className={table.number} title={row.cause ?? undefined}>
          <FigureButton figureId="oee" label={`OEE ${row.oee}`}>
            <strong>{row.oee}</strong>
          </FigureButton>
        </Table.Td>
        <Table.Td className={table.number}>
          <FigureButton figureId="count:good" label={`${row.good} good`}>
            {row.good}
          </FigureButton>
        </Table.Td>
        <Table.Td className={[table.number, css.target].join(' ')} data-behind={row.isBehind}>
          {row.target}
          {row.isBehind && <span className={css.word}> behind</span>}
        </Table.Td>
        <Table.Td className={[css.together, row.unexplained === '' ? css.quiet : css.look].join(' ')}>
          {row.unexplained === '' ? 'all explained' : row.unexplained}
        </Table.Td>
        <Table.Td className={css.quiet}>{row.mostCostly}</Table.Td>
      </Table.Tr>
    </FigureScopeContext>
  );
}
