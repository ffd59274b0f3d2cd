import { UnstyledButton } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { useAsk } from './explain-context.ts';
import css from './figure-button.module.css';

interface Props {
  readonly figureId: string;
  /** What the figure is, for those who hear it: `OEE 62.4 %`. */
  readonly label: string;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

/** A figure that answers "why": one click opens what it is made of. */
export function FigureButton({ figureId, label, children, className }: Props): ReactElement {
  const { scope, ask } = useAsk();
  return (
    <UnstyledButton
      className={[css.figure, className].join(' ')}
      aria-label={`${scope.name}, ${label}: why?`}
      title="Why?"
      data-figure={figureId}
      data-equipment={scope.equipmentId}
      onClick={() => ask(figureId)}
    >
      {children}
    </UnstyledButton>
  );
}
