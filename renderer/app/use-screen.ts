import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { parseHash, type ScreenId, screenOfKey, toHash } from './screens.ts';

const REMEMBERED = 'lineside.screen';

const readScreen = (): ScreenId => parseHash(location.hash, localStorage.getItem(REMEMBERED));

function watchHash(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange);
  return () => window.removeEventListener('hashchange', onChange);
}

/** The screen the address names, remembered for the next start; also switched by Ctrl+1 … Ctrl+4. */
export function useScreen(): { readonly screen: ScreenId; readonly open: (screen: ScreenId) => void } {
  const screen = useSyncExternalStore(watchHash, readScreen);
  const open = useCallback((next: ScreenId) => {
    location.hash = toHash(next);
  }, []);
  useEffect(() => localStorage.setItem(REMEMBERED, screen), [screen]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const wanted = screenOfKey(event);
      if (wanted === null) return;
      event.preventDefault();
      open(wanted);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [open]);
  return { screen, open };
}
