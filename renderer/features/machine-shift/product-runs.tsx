import { Table } from '@mantine/core';
import type { ReactElement } from 'react';
import type { EquipmentShift, ProductRun } from '../../../shared/domain/equipment-shift.ts';
import { Card } from '../../components/card.tsx';
import { DASH } from '../../components/number-text.ts';
import table from '../../components/plain-table.module.css';
import { lengthText, timeOfDayText } from '../../components/time-text.ts';
import { countOrDash } from '../shift/figure-text.ts';
import css from './product-runs.module.css';

/** What was made in the shift, and with which ideal cycle it is judged. */
export function ProductRuns({ shift }: { readonly shift: EquipmentShift }): ReactElement {
  return (
    <Card title="Products" testId="products">
      {shift.products.length === 0 ? (
        <p className={css.absence}>No product has been told: the whole shift is judged by one ideal cycle.</p>
      ) : (
        <Table className={table.table ?? ''} verticalSpacing={4} horizontalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              {['Product', 'Order', 'From'].map((title) => (
                <Table.Th key={title}>{title}</Table.Th>
              ))}
              {['Length', 'Ideal cycle', 'Made', 'Good', 'Rejected', 'Rework'].map((title) => (
                <Table.Th key={title} className={table.number}>
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shift.products.map((run) => (
              <Run key={run.fromMs} run={run} timeZone={shift.timeZone} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
}

function Run({ run, timeZone }: { readonly run: ProductRun; readonly timeZone: string }): ReactElement {
  const { total, good, reject, rework } = run.counts;
  return (
    <Table.Tr data-testid="product-run">
      <Table.Td>{run.productId ?? `${DASH} not told`}</Table.Td>
      <Table.Td>{run.orderId ?? `${DASH} not told`}</Table.Td>
      <Table.Td>{timeOfDayText(run.fromMs, timeZone)}</Table.Td>
      <Table.Td className={table.number}>{lengthText(run.toMs - run.fromMs)}</Table.Td>
      <Table.Td className={table.number}>
        {run.idealCycleMs === null ? `${DASH} none` : `${(run.idealCycleMs / 1_000).toFixed(2)} s`}
      </Table.Td>
      {[total, good, reject, rework].map((count, index) => (
        <Table.Td key={index} className={table.number}>
          {countOrDash(count)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}
