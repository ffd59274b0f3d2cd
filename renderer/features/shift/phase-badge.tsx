import { Badge } from '@mantine/core';
import type { ReactElement } from 'react';
import css from './phase-badge.module.css';
import type { PhaseView } from './shift-head-view.ts';

/** To date, provisional, final or revised; what it means is told on hover and to screen readers. */
export function PhaseBadge({ phase }: { readonly phase: PhaseView }): ReactElement {
  return (
    <Badge
      variant="outline"
      size="sm"
      radius="sm"
      className={css.badge ?? ''}
      data-revised={phase.isRevised}
      title={phase.detail}
      data-testid="phase"
    >
      {phase.text}
    </Badge>
  );
}
