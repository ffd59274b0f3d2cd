import { Button, SegmentedControl } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { ShiftReportOrder } from '../../../shared/domain/shift-report-order.ts';
import { Notice } from '../../components/notice.tsx';
import css from './shift-report.module.css';
import { useSaveReport } from './use-save-report.ts';

interface Props {
  readonly equipmentId: string;
  readonly shiftFromMs: number;
}

/** Which file, in whose words. The path is asked for when the numbers are there. */
export function ReportForm({ equipmentId, shiftFromMs }: Props): ReactElement {
  const [format, setFormat] = useState<ShiftReportOrder['format']>('pdf');
  const [view, setView] = useState<ShiftReportOrder['view']>('vorne');
  const { state, save } = useSaveReport();
  return (
    <section className={css.form} aria-label="Save">
      <SegmentedControl
        aria-label="Format"
        data={[
          { value: 'pdf', label: 'PDF' },
          { value: 'html', label: 'HTML' },
          { value: 'csv', label: 'CSV' },
        ]}
        value={format}
        onChange={(value) => setFormat(value as ShiftReportOrder['format'])}
        data-testid="report-format"
      />
      {format === 'csv' ? (
        <p className={css.note}>Milliseconds and parts of every part of the report, with times in UTC and local.</p>
      ) : (
        <SegmentedControl
          aria-label="Names of the figures"
          data={[
            { value: 'vorne', label: 'OEE' },
            { value: 'iso', label: 'ISO 22400-2' },
          ]}
          value={view}
          onChange={(value) => setView(value as ShiftReportOrder['view'])}
          data-testid="report-view"
        />
      )}
      <Button
        size="xs"
        loading={state.phase === 'busy'}
        onClick={() => save({ equipmentId, shiftFromMs, format, view })}
        data-testid="report-save"
      >
        Save …
      </Button>
      {state.phase === 'saved' && (
        <p className={css.note} role="status" data-testid="report-saved">
          Saved as {state.path}
        </p>
      )}
      {state.phase === 'failed' && (
        <Notice tone="look" testId="report-failure">
          {state.text}
        </Notice>
      )}
    </section>
  );
}
