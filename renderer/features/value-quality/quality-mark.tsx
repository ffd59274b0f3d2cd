import type { ReactElement } from 'react';
import type { Quality } from '../../../shared/domain/quality.ts';
import css from './quality-mark.module.css';

const LETTERS: Readonly<Record<Quality, string>> = { good: 'G', uncertain: 'U', bad: 'B', stale: 'S' };

/** Quality of a value: letter and word; good is quiet. */
export function QualityMark({ quality }: { readonly quality: Quality }): ReactElement {
  return (
    <span className={css.quality} data-quality={quality}>
      <span className={css.letter} aria-hidden>
        {LETTERS[quality]}
      </span>
      {quality}
    </span>
  );
}
