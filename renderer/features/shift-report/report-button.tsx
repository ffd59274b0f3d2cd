import { Button, Modal } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { ShiftHead } from '../../../shared/domain/equipment-shift.ts';
import { ReportForm } from './report-form.tsx';
import { SignForm } from './sign-form.tsx';

interface Props {
  readonly equipmentId: string;
  readonly name: string;
  /** Null while no shift has run: there is nothing to report then. */
  readonly shift: ShiftHead | null;
  readonly timeZone: string;
}

/** Opens what a shift lead does at the end: save the report of this shift, and sign it. */
export function ReportButton({ equipmentId, name, shift, timeZone }: Props): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={shift === null}
        title={shift === null ? 'No shift has run yet' : 'Save as PDF, HTML or CSV, and sign'}
        onClick={() => setOpen(true)}
        data-testid="open-report"
      >
        Report
      </Button>
      {shift !== null && (
        <Modal
          opened={isOpen}
          onClose={() => setOpen(false)}
          title={`Shift report, ${name}, ${shift.name} ${shift.productionDay}`}
          closeButtonProps={{ 'aria-label': 'Close' }}
        >
          <ReportForm equipmentId={equipmentId} shiftFromMs={shift.fromMs} />
          <SignForm equipmentId={equipmentId} shift={shift} timeZone={timeZone} />
        </Modal>
      )}
    </>
  );
}
