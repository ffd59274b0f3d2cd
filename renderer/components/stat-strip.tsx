import type { ReactElement } from 'react';
import { Figure } from './figure.tsx';
import css from './stat-strip.module.css';

export interface StatView {
  readonly title: string;
  readonly figure: string;
  readonly unit: string;
  readonly basis: string;
  readonly tone: 'calm' | 'look' | 'broken';
  readonly testId: string;
  /** Draws a bar of the share that is used, 0 … 1. */
  readonly usedRatio?: number;
}

/** Figures side by side, parted by hairlines. */
export function StatStrip({
  stats,
  label,
}: {
  readonly stats: readonly StatView[];
  readonly label: string;
}): ReactElement {
  return (
    <section className={css.strip} aria-label={label}>
      {stats.map((stat) => (
        <div key={stat.title} className={css.stat} data-tone={stat.tone} data-testid={stat.testId}>
          <h2 className={css.title}>{stat.title}</h2>
          <Figure value={stat.figure} unit={stat.unit} />
          {stat.usedRatio !== undefined && (
            <div className={css.bar} aria-hidden>
              <div className={css.used} style={{ width: `${Math.min(1, stat.usedRatio) * 100}%` }} />
            </div>
          )}
          <p className={css.basis}>{stat.basis}</p>
        </div>
      ))}
    </section>
  );
}
