import { Paper } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import css from './card.module.css';

interface Props {
  readonly title: string;
  /** Small text beside the title. */
  readonly note?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
  readonly testId?: string;
}

/** A titled part of a screen; a region for screen readers. */
export function Card({ title, note, children, className, testId }: Props): ReactElement {
  return (
    <Paper
      component="section"
      aria-label={title}
      withBorder
      radius="lg"
      className={[css.card, className].join(' ')}
      data-testid={testId}
    >
      <header className={css.head}>
        <h2 className={css.title}>{title}</h2>
        {note !== undefined && <span className={css.note}>{note}</span>}
      </header>
      {children}
    </Paper>
  );
}
