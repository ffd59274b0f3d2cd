import type { ReactElement } from 'react';
import { Card } from '../../components/card.tsx';
import { ToneSign } from '../../components/notice.tsx';
import css from './attention-list.module.css';
import type { AttentionView } from './overview-view.ts';

/** Sentences, not codes; the code stands in italics behind. */
export function AttentionList({ entries }: { readonly entries: readonly AttentionView[] }): ReactElement {
  return (
    <Card title="Needs attention" testId="attention">
      {entries.length === 0 ? (
        <p className={css.empty}>Nothing. All stages run as they should.</p>
      ) : (
        <ul className={css.list} tabIndex={0} aria-label="What needs attention">
          {entries.map((entry) => (
            <li key={entry.key} className={css.entry} data-testid="attention-row">
              <ToneSign tone={entry.isBroken ? 'broken' : 'look'} />
              <div className={css.text}>
                <p className={css.what}>{entry.text}</p>
                <p className={css.next}>
                  {entry.since !== null && <>{entry.since}. </>}
                  {entry.nextStep} <em>{entry.code}</em>
                </p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
