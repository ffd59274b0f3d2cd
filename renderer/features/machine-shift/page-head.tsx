import { Button, SegmentedControl } from '@mantine/core';
import type { ReactElement } from 'react';
import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import { addressOf } from '../../app/screens.ts';
import { openAddress } from '../../app/use-screen.ts';
import { stopwatchText } from '../../components/time-text.ts';
import { describeMachineState } from '../machine-state/state-face.ts';
import { StateMark } from '../machine-state/state-mark.tsx';
import { PhaseBadge } from '../shift/phase-badge.tsx';
import { ShiftChooser } from '../shift/shift-chooser.tsx';
import { toPhaseView } from '../shift/shift-head-view.ts';
import { ReportButton } from '../shift-report/report-button.tsx';
import type { KpiSet } from './kpi-view.ts';
import css from './page-head.module.css';

interface Props {
  readonly shift: EquipmentShift;
  readonly nowMs: number;
  readonly set: KpiSet;
  readonly onSet: (set: KpiSet) => void;
  readonly shiftFromMs: number | null;
  readonly onChoose: (shiftFromMs: number | null) => void;
}

/** Which machine, its state now, which shift, and in which words the figures are. */
export function PageHead({ shift, nowMs, set, onSet, shiftFromMs, onChoose }: Props): ReactElement {
  const { state, timeZone } = shift;
  const isNow = shift.shift === null || shift.shift.phase === 'running';
  const product = shift.products.at(-1);
  return (
    <header className={css.head}>
      <Button variant="subtle" size="compact-sm" onClick={() => openAddress(addressOf('oee', null, shiftFromMs))}>
        ‹ OEE
      </Button>
      <h2 className={css.name} data-testid="machine-name">
        {shift.name}
      </h2>
      {isNow && (
        <span className={css.state} data-class={state.timeClass} data-testid="machine-state">
          <StateMark timeClass={state.timeClass} />
          {describeMachineState(state)}
          <span className={css.timer}>{stopwatchText(nowMs - state.sinceMs)}</span>
        </span>
      )}
      {product?.productId != null && (
        <span className={css.quiet}>
          {product.productId}
          {product.orderId !== null && `, order ${product.orderId}`}
        </span>
      )}
      <span className={css.rest} />
      {shift.shift !== null && <PhaseBadge phase={toPhaseView(shift.shift, timeZone)} />}
      <SegmentedControl
        aria-label="Names of the figures"
        data={[
          { value: 'vorne', label: 'OEE' },
          { value: 'iso', label: 'ISO 22400-2' },
        ]}
        value={set}
        onChange={(value) => onSet(value as KpiSet)}
        data-testid="kpi-set"
      />
      <ShiftChooser equipmentId={shift.equipmentId} timeZone={timeZone} shiftFromMs={shiftFromMs} onChoose={onChoose} />
      <ReportButton equipmentId={shift.equipmentId} name={shift.name} shift={shift.shift} timeZone={timeZone} />
    </header>
  );
}
