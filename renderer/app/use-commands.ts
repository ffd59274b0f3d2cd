import { useEffect, useId } from 'react';
import type { Command } from './command-store.ts';
import { useAccess } from './use-engine.ts';

/**
 * Offers what can be done on a screen while it is shown, in the palette (Ctrl+K), in the list of shortcuts (?) and by
 * the shortcut itself:
 *
 * `useCommands([{ id: 'queue.export', title: 'Export the queue', shortcut: 'Ctrl+E', run: exportQueue }])`
 *
 * What cannot be done now is left out of the array. A new array at each drawing is fine.
 */
export function useCommands(commands: readonly Command[]): void {
  const owner = useId();
  const store = useAccess().commands;
  useEffect(() => store.put(owner, commands), [store, owner, commands]);
  useEffect(() => () => store.put(owner, []), [store, owner]);
}
