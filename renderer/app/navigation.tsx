import { UnstyledButton } from '@mantine/core';
import type { ReactElement } from 'react';
import css from './navigation.module.css';
import { keyOfScreen, type ScreenId, SCREENS } from './screens.ts';

interface Props {
  readonly screen: ScreenId;
  readonly onOpen: (screen: ScreenId) => void;
  readonly queueBadge: string | null;
  /** Days until the first certificate ends. */
  readonly certificateBadge: string | null;
}

export function Navigation({ screen, onOpen, queueBadge, certificateBadge }: Props): ReactElement {
  return (
    <nav className={css.list} aria-label="Screens">
      {SCREENS.map(({ id, title }, index) => (
        <UnstyledButton
          key={id}
          className={css.entry}
          aria-current={id === screen ? 'page' : undefined}
          aria-keyshortcuts={keyOfScreen(index).replace('Ctrl', 'Control')}
          data-testid={`nav-${id}`}
          onClick={() => onOpen(id)}
        >
          <span>{title}</span>
          {id === 'queue' && queueBadge !== null ? (
            <span className={css.badge} aria-label={`${queueBadge} rows wait`}>
              {queueBadge}
            </span>
          ) : id === 'certificates' && certificateBadge !== null ? (
            <span className={css.badge} aria-label={`${certificateBadge} until a certificate ends`}>
              {certificateBadge}
            </span>
          ) : (
            <kbd className={css.key} aria-hidden>
              {keyOfScreen(index).replace('+', ' ')}
            </kbd>
          )}
        </UnstyledButton>
      ))}
      <UnstyledButton
        className={[css.entry, css.foot].join(' ')}
        aria-current={screen === 'changes' ? 'page' : undefined}
        data-testid="nav-changes"
        onClick={() => onOpen('changes')}
      >
        Changes
      </UnstyledButton>
    </nav>
  );
}
