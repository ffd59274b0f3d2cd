import { Drawer } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Explanation } from '../../../shared/domain/oee-explanation.ts';
import { Figure } from '../../components/figure.tsx';
import { Notice } from '../../components/notice.tsx';
import { toFigureText } from '../shift/figure-text.ts';
import type { FigureQuestion } from './explain-context.ts';
import css from './explain-drawer.module.css';
import { ExplainTerm } from './explain-term.tsx';
import { useExplanation } from './use-explanation.ts';

interface Props {
  readonly question: FigureQuestion | null;
  readonly onClose: () => void;
}

/** Why a figure is what it is: formula, exact fraction, its terms, and below each the samples. */
export function ExplainDrawer({ question, onClose }: Props): ReactElement {
  const answer = useExplanation(question);
  return (
    <Drawer
      opened={question !== null}
      onClose={onClose}
      position="right"
      size="min(800px, 66vw)"
      title={question === null ? '' : `Why? ${question.scope.name}`}
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': 'Close the explanation' }}
      classNames={{ title: css.head ?? '', content: css.panel ?? '', header: css.header ?? '' }}
    >
      {question !== null && answer.phase === 'waiting' && <p className={css.quiet}>Reading the account …</p>}
      {answer.phase === 'failed' && (
        <Notice tone="look" testId="explain-failure">
          {answer.text}
        </Notice>
      )}
      {question !== null && answer.phase === 'there' && (
        <Answered explanation={answer.value} question={question} key={question.figureId} />
      )}
    </Drawer>
  );
}

interface AnsweredProps {
  readonly explanation: Explanation;
  readonly question: FigureQuestion;
}

function Answered({ explanation, question }: AnsweredProps): ReactElement {
  const figure = toFigureText(explanation.value, explanation.unit);
  return (
    <div className={css.body} data-testid="explanation">
      <h3 className={css.label}>{explanation.label}</h3>
      <div data-testid="explain-value">
        <Figure value={figure.text} unit={figure.unit} size="lg" />
      </div>
      {explanation.cause !== null && <p className={css.cause}>{explanation.cause}</p>}
      <p className={css.formula} data-testid="explain-formula">
        {explanation.formula}
        {explanation.exact !== null && <span className={css.exact}> = {explanation.exact}</span>}
      </p>
      <p className={css.quiet}>{explanation.basis}</p>
      <ul className={css.terms} aria-label="What it is made of">
        {explanation.terms.map((term, index) => (
          <ExplainTerm key={index} term={term} scope={question.scope} />
        ))}
      </ul>
      {explanation.terms.length === 0 && <p className={css.quiet}>Nothing stands behind it yet.</p>}
    </div>
  );
}
