import { type KeyboardEvent, type ReactElement, type RefObject, useEffect } from 'react';
import { StateMark } from '../machine-state/state-mark.tsx';
import css from './reason-panel.module.css';
import { type ReasonRow, stepOfKey, type TreeStep } from './reason-rows.ts';

interface Props {
  readonly rows: readonly ReasonRow[];
  readonly chosenId: string | null;
  readonly treeField: RefObject<HTMLDivElement | null>;
  readonly onStep: (step: TreeStep) => void;
}

const elementId = (reasonId: string): string => `reason-${reasonId}`;

/** The tree; the focus stays on it while arrows choose, as screen readers expect. */
export function ReasonList({ rows, chosenId, treeField, onStep }: Props): ReactElement {
  useEffect(() => {
    if (chosenId !== null) document.getElementById(elementId(chosenId))?.scrollIntoView({ block: 'nearest' });
  }, [chosenId]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = stepOfKey(rows, chosenId, event.key);
    if (step === null) return;
    event.preventDefault();
    onStep(step);
  };
  const isChosenShown = rows.some(({ reason }) => reason.reasonId === chosenId);
  return (
    <div
      ref={treeField}
      className={css.tree}
      role="tree"
      aria-label="Reasons"
      tabIndex={0}
      aria-activedescendant={isChosenShown && chosenId !== null ? elementId(chosenId) : undefined}
      onKeyDown={onKeyDown}
      data-testid="reason-tree"
    >
      {rows.map(({ reason, name, level, hasChildren, isOpen }) => (
        <div
          key={reason.reasonId}
          id={elementId(reason.reasonId)}
          className={css.row}
          role="treeitem"
          aria-level={level}
          aria-selected={reason.reasonId === chosenId}
          {...(hasChildren && { 'aria-expanded': isOpen })}
          data-level={level}
          data-retired={reason.retiredAtMs !== null}
          data-testid="reason-row"
          onClick={() => onStep({ kind: 'choose', reasonId: reason.reasonId })}
        >
          <span
            className={css.twist}
            aria-hidden
            onClick={(event) => {
              if (!hasChildren) return;
              event.stopPropagation();
              onStep({ kind: isOpen ? 'close' : 'open', reasonId: reason.reasonId });
            }}
          >
            {hasChildren ? (isOpen ? '▾' : '▸') : ''}
          </span>
          <StateMark timeClass={reason.timeClass} />
          <span className={css.name}>{name}</span>
          <span className={css.quiet}>{reason.names['de'] ?? ''}</span>
          <span className={css.end}>{reason.retiredAtMs !== null ? 'retired' : reason.isPlanned ? 'planned' : ''}</span>
        </div>
      ))}
    </div>
  );
}
