import type { ReactElement } from 'react';
import { toShiftText, toSitePath } from './frame-view.ts';
import { ThemeSwitch } from './theme-switch.tsx';
import css from './top-bar.module.css';
import type { LiveSnapshot } from './use-engine.ts';

export function TopBar({ live }: { readonly live: LiveSnapshot | null }): ReactElement {
  return (
    <header className={css.bar}>
      <h1 className={css.path} data-testid="site-path">
        {live === null ? 'No line yet' : toSitePath(live.snapshot)}
      </h1>
      {live !== null && (
        <span className={css.shift} data-testid="shift-text">
          {toShiftText(live.snapshot, live.nowMs)}
        </span>
      )}
      <ThemeSwitch />
    </header>
  );
}
