import { Button, Progress } from '@mantine/core';
import type { ReactElement } from 'react';
import type { WorkProgress } from '../../shared/domain/work-progress.ts';
import css from './work-bar.module.css';
import { toWorkProgressView } from './work-progress-view.ts';

interface Props {
  readonly title: string;
  readonly progress: WorkProgress | null;
  readonly lastedMs: number;
  readonly onCancel: () => void;
  /** Where there is little room: the button stands under the text. */
  readonly isNarrow?: boolean;
  readonly testId?: string;
}

/** What is done, how far it is in numbers, since when, and the way to end it. */
export function WorkBar({ title, progress, lastedMs, onCancel, isNarrow = false, testId }: Props): ReactElement {
  const { percent, text } = toWorkProgressView(progress, lastedMs);
  return (
    <section className={css.bar} aria-label={title} data-narrow={isNarrow} data-testid={testId ?? 'work-bar'}>
      <div className={css.words}>
        <span className={css.title}>{title}</span> <span className={css.text}>{text}</span>
      </div>
      {percent === null ? (
        <div className={css.track} aria-hidden>
          <div className={css.runner} />
        </div>
      ) : (
        <Progress value={percent} size={4} aria-label={title} className={css.share} transitionDuration={0} />
      )}
      <Button
        size="compact-xs"
        variant="default"
        onClick={onCancel}
        disabled={progress?.phase === 'cancelling'}
        aria-label={`Cancel: ${title}`}
        className={css.cancel}
      >
        Cancel
      </Button>
    </section>
  );
}
