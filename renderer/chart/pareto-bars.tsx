import { UnstyledButton } from '@mantine/core';
import { memo, type ReactElement } from 'react';
import { faceOfClass } from './loss-color.ts';
import css from './pareto-bars.module.css';
import type { ParetoRow } from './pareto-series.ts';

interface Props {
  readonly rows: readonly ParetoRow[];
  readonly onExplain: (figureId: string) => void;
  /** Id of the figure a bar opens to. */
  readonly figureOf: (row: ParetoRow) => string;
}

/** Reasons under each other, the dearest first; the share with all above stands at the end. */
export const ParetoBars = memo(function ParetoBars({ rows, onExplain, figureOf }: Props): ReactElement {
  return (
    <ol className={css.rows}>
      {rows.map((row) => {
        const face = faceOfClass(row.bar.timeClass);
        return (
          <li key={row.bar.id}>
            <UnstyledButton
              className={css.row}
              data-figure={figureOf(row)}
              data-testid="pareto-row"
              title="Why?"
              onClick={() => onExplain(figureOf(row))}
            >
              <span className={css.label}>
                {row.bar.label}
                {row.path !== '' && <span className={css.path}>{row.path}</span>}
              </span>
              <span className={css.plot}>
                <span
                  className={css.bar}
                  data-outlined={face.isOutlined}
                  style={{ width: `${row.ratio * 100}%`, backgroundColor: face.color }}
                />
              </span>
              <span className={css.text}>{row.text}</span>
              <span className={css.share}>{row.cumulativePercent} %</span>
            </UnstyledButton>
          </li>
        );
      })}
    </ol>
  );
});
