import { useSplitter } from '@mantine/hooks';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { z } from 'zod';
import { useRemembered } from '../app/use-remembered.ts';
import css from './resizable-panels.module.css';

interface Panel {
  /** Names it and the edge behind it for people who do not see them. */
  readonly title: string;
  /** Share of the width on the first day, percent; all together 100. */
  readonly startPercent: number;
  /** Never narrower than this share, percent. */
  readonly minPercent: number;
  readonly content: ReactNode;
}

interface Props {
  /** Under which the widths are remembered, e.g. `tags`. */
  readonly name: string;
  readonly panels: readonly Panel[];
}

/** Arrow keys move an edge by one of these, percent of the whole. */
const STEP_PERCENT = 2;
const LONG_STEP_PERCENT = 10;

/**
 * Panels side by side whose edges are dragged, moved with the arrow keys (Shift: further; Home and End: to the limit)
 * and put back by a double click. The window remembers the widths. The number of panels does not change.
 */
export function ResizablePanels({ name, panels }: Props): ReactElement {
  const first = panels.map(({ startPercent }) => startPercent);
  const [sizes, setSizes] = useRemembered(
    `${name}.panels`,
    z.array(z.number().min(0).max(100)).length(panels.length),
    first,
  );
  const { ref, getHandleProps, activeHandle } = useSplitter<HTMLDivElement>({
    panels: panels.map(({ startPercent, minPercent }) => ({ defaultSize: startPercent, min: minPercent })),
    sizes: [...sizes],
    onSizeChange: (next) => setSizes(next.map(Number)),
    redistribute: 'nearest',
    step: STEP_PERCENT,
    shiftStep: LONG_STEP_PERCENT,
  });
  return (
    <div ref={ref} className={css.panels} data-dragging={activeHandle >= 0} data-testid={`panels-${name}`}>
      {panels.map(({ title, content }, index) => (
        <Fragment key={title}>
          <section className={css.panel} aria-label={title} style={{ flexGrow: sizes[index] }}>
            {content}
          </section>
          {index < panels.length - 1 && (
            <div {...getHandleProps({ index })} className={css.edge} aria-label={`Edge of ${title}`} />
          )}
        </Fragment>
      ))}
    </div>
  );
}
