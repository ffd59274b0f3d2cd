import type { ReactElement, ReactNode } from 'react';
import css from './notice.module.css';

interface Props {
  readonly tone: 'calm' | 'look' | 'broken';
  readonly children: ReactNode;
  readonly testId?: string;
}

/** A sentence across the screen. Read out when it appears; the sign says its weight without colour. */
export function Notice({ tone, children, testId }: Props): ReactElement {
  return (
    <div className={css.notice} data-tone={tone} role={tone === 'broken' ? 'alert' : 'status'} data-testid={testId}>
      {tone !== 'calm' && <ToneSign tone={tone} />}
      <div>{children}</div>
    </div>
  );
}

/** ▲ broken, ● look: shape and colour together. */
export function ToneSign({ tone }: { readonly tone: 'look' | 'broken' }): ReactElement {
  return (
    <svg className={css.sign} data-tone={tone} viewBox="0 0 12 12" width={12} height={12} aria-hidden>
      {tone === 'broken' ? <path d="M6 1 11.5 11H.5z" /> : <circle cx={6} cy={6} r={5} />}
    </svg>
  );
}
