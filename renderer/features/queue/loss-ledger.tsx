import type { ReactElement } from 'react';
import { Card } from '../../components/card.tsx';
import { Notice } from '../../components/notice.tsx';
import { countText } from '../../components/number-text.ts';
import css from './loss-ledger.module.css';
import type { LossView } from './queue-view.ts';

interface Props {
  readonly losses: readonly LossView[];
  readonly failure: string | null;
}

/** Rows drawn; a full buffer can name thousands of tags. */
const SHOWN = 200;

/** What was dropped or purged: tag, times, number. Not drawn while nothing was lost. */
export function LossLedger({ losses, failure }: Props): ReactElement | null {
  if (failure !== null) return <Notice tone="look">The loss ledger could not be read: {failure}</Notice>;
  if (losses.length === 0) return null;
  const hiddenCount = Math.max(0, losses.length - SHOWN);
  return (
    <Card title="Loss ledger" note="dropped or purged, never in silence" testId="loss-ledger">
      <ul className={css.list} tabIndex={0} aria-label="Entries of the loss ledger">
        {losses.slice(0, SHOWN).map((loss) => (
          <li key={loss.key} className={css.loss} data-testid="loss-row">
            <strong>{loss.count}</strong>
            <span>{loss.what}</span>
            <span className={css.quiet}>{loss.range}</span>
            <em className={css.quiet}>{loss.reason}</em>
          </li>
        ))}
      </ul>
      {hiddenCount > 0 && <p className={css.quiet}>and {countText(hiddenCount)} smaller entries</p>}
    </Card>
  );
}
