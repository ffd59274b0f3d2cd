import type { ReactElement } from 'react';
import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import { Card } from '../../components/card.tsx';
import { percentText } from '../../components/number-text.ts';
import { FigureButton } from '../explain/figure-button.tsx';
import { countOrDash } from '../shift/figure-text.ts';
import { toFreshness, toPhaseView } from '../shift/shift-head-view.ts';
import css from './basis-card.module.css';

interface Props {
  readonly shift: EquipmentShift;
  readonly nowMs: number;
}

const LOW_COVERAGE_RATIO = 0.95;

/** What the figures stand on: the basis line, coverage, what makes them doubtful, and when they were taken. */
export function BasisCard({ shift, nowMs }: Props): ReactElement {
  const freshness = toFreshness(shift, nowMs);
  const isLow = shift.coverageRatio !== null && shift.coverageRatio < LOW_COVERAGE_RATIO;
  const phase = shift.shift === null ? null : toPhaseView(shift.shift, shift.timeZone);
  return (
    <Card title="These figures stand on" testId="basis">
      <p className={css.line} data-testid="basis-line">
        {shift.basis}
      </p>
      <p className={css.line}>
        <Count shift={shift} role="total" word="made" />, <Count shift={shift} role="good" word="good" />,{' '}
        <Count shift={shift} role="reject" word="rejected" />
      </p>
      <p className={css.line} data-old={freshness.isOld} data-testid="freshness">
        {freshness.text}
        {isLow && <strong className={css.low}>, coverage low: {percentText(shift.coverageRatio ?? 0)} %</strong>}
      </p>
      {phase?.isRevised === true && (
        <p className={css.remark} data-testid="revised">
          {phase.detail}
        </p>
      )}
      {shift.remarks.map((remark) => (
        <p key={remark.code} className={css.remark}>
          {remark.text}
        </p>
      ))}
    </Card>
  );
}

interface CountProps {
  readonly shift: EquipmentShift;
  readonly role: 'total' | 'good' | 'reject';
  readonly word: string;
}

function Count({ shift, role, word }: CountProps): ReactElement {
  const text = countOrDash(shift.counts[role]);
  return (
    <FigureButton figureId={`count:${role}`} label={`${text} ${word}`}>
      <strong>{text}</strong> {word}
    </FigureButton>
  );
}
