import { UnstyledButton } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { Explanation } from '../../../shared/domain/oee-explanation.ts';
import type { FigureScope } from './explain-context.ts';
import css from './explain-drawer.module.css';
import { type Piece, toPieceView, toTermView } from './explain-view.ts';
import { SampleList } from './sample-list.tsx';

interface Props {
  readonly term: Explanation['terms'][number];
  readonly scope: FigureScope;
}

/** A term of a fraction; opened it lists its intervals or steps and the samples of the one that is chosen. */
export function ExplainTerm({ term, scope }: Props): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState<Piece | null>(null);
  const view = toTermView(term);
  const piece = chosen ?? term.pieces[0] ?? null;
  return (
    <li className={css.term}>
      <UnstyledButton
        className={css.termHead}
        aria-expanded={isOpen}
        data-testid="explain-term"
        onClick={() => setIsOpen(!isOpen)}
      >
        <span className={css.role}>{view.role}</span>
        <span className={css.termLabel}>{view.label}</span>
        <span className={css.amount}>{view.amount}</span>
        <span className={css.termFormula}>{view.formula}</span>
        <span className={css.pieceCount}>{view.pieces}</span>
      </UnstyledButton>
      {isOpen && (
        <div className={css.opened} data-testid="explain-pieces">
          <ul className={css.pieces} aria-label={`Intervals and steps of ${view.label}`}>
            {term.pieces.map((entry, index) => (
              <li key={index}>
                <PieceButton
                  piece={entry}
                  timeZone={scope.timeZone}
                  isChosen={entry === piece}
                  onChoose={() => setChosen(entry)}
                />
              </li>
            ))}
          </ul>
          {piece === null ? (
            <p className={css.quiet}>No interval and no step: there is nothing to show samples of.</p>
          ) : (
            <SampleList equipmentId={scope.equipmentId} piece={piece} timeZone={scope.timeZone} />
          )}
        </div>
      )}
    </li>
  );
}

interface PieceButtonProps {
  readonly piece: Piece;
  readonly timeZone: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function PieceButton({ piece, timeZone, isChosen, onChoose }: PieceButtonProps): ReactElement {
  const view = toPieceView(piece, timeZone);
  return (
    <UnstyledButton className={css.piece} aria-pressed={isChosen} data-testid="explain-piece" onClick={onChoose}>
      <span className={css.pieceLabel}>{view.label}</span>
      <span className={css.pieceTime}>{view.time}</span>
      <span className={css.amount}>{view.amount}</span>
    </UnstyledButton>
  );
}
