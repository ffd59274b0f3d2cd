import type { ReactElement } from 'react';
import type { SamplingSnapshot } from '../../../shared/domain/sampling-snapshot.ts';
import { DepthLine } from '../../chart/depth-line.tsx';
import { Card } from '../../components/card.tsx';
import css from './sampling-card.module.css';
import type { SamplingView } from './sampling-view.ts';

interface Props {
  readonly view: SamplingView;
  readonly sampling: SamplingSnapshot;
}

/** Backpressure as a person needs it: is sampling slow, since when, what did it cost, how often does it happen. */
export function SamplingCard({ view, sampling }: Props): ReactElement {
  return (
    <Card
      title="Sampling"
      testId="sampling"
      note={
        <span data-testid="sampling-phase" data-slow={view.isSlow} className={css.phase}>
          {view.isSlow ? 'slow' : 'normal'}, {view.now}
        </span>
      }
    >
      <DepthLine sampling={sampling} />
      <p className={css.text}>{view.text}</p>
      {view.cost !== null && (
        <p className={css.cost} data-testid="sampling-cost">
          {view.cost}
        </p>
      )}
      {view.changes.length > 0 && (
        <ol className={css.changes} aria-label="Last changes of the sampling">
          {view.changes.map((change) => (
            <li key={change.key} data-slow={change.isSlow} data-testid="sampling-change">
              {change.text}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
