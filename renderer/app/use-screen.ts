import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { type Address, addressOf, parseHash, type ScreenId, screenOfKey, toHash } from './screens.ts';

const REMEMBERED = 'lineside.screen';

const readHash = (): string => location.hash;

function watchHash(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange);
  return () => window.removeEventListener('hashchange', onChange);
}

/** Goes to a screen, or to a machine's page and shift on it. */
export function openAddress(address: Address): void {
  location.hash = toHash(address);
}

/** What the address names; its screen is remembered for the next start, and switched by keys. */
export function useAddress(): { readonly address: Address; readonly open: (screen: ScreenId) => void } {
  const hash = useSyncExternalStore(watchHash, readHash);
  const address = parseHash(hash, localStorage.getItem(REMEMBERED));
  const open = useCallback((next: ScreenId) => openAddress(addressOf(next)), []);
  useEffect(() => localStorage.setItem(REMEMBERED, address.screen), [address.screen]);
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
  return { address, open };
}
