import type { ReactElement } from 'react';
import css from './target-bar.module.css';

interface Props {
  /** 0 … 1; null draws an empty bar. */
  readonly fillRatio: number | null;
  readonly targetRatio: number | null;
  readonly isBelow: boolean;
}

const percent = (ratio: number): string => `${Math.min(1, ratio) * 100}%`;

/** A ratio as a bar with its target as a mark; the figure beside it says the same. */
export function TargetBar({ fillRatio, targetRatio, isBelow }: Props): ReactElement {
  return (
    <div className={css.bar} aria-hidden>
      {fillRatio !== null && <div className={css.fill} data-below={isBelow} style={{ width: percent(fillRatio) }} />}
      {targetRatio !== null && <div className={css.mark} style={{ left: percent(targetRatio) }} />}
    </div>
  );
}
