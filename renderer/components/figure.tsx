import type { ReactElement, ReactNode } from 'react';
import css from './figure.module.css';

interface Props {
  readonly value: string;
  readonly unit?: string;
  readonly size?: 'md' | 'lg';
  readonly children?: ReactNode;
}

/** One big figure, its unit small beside it. */
export function Figure({ value, unit, size = 'md', children }: Props): ReactElement {
  return (
    <div className={css.figure} data-size={size}>
      <span className={css.value}>{value}</span>
      {unit !== undefined && unit !== '' && <span className={css.unit}>{unit}</span>}
      {children}
    </div>
  );
}
