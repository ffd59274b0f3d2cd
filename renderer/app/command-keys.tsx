import { Kbd, Modal } from '@mantine/core';
import { type ReactElement, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import css from './command-palette.module.css';
import { CommandPalette } from './command-palette.tsx';
import { keyOfScreen, SCREENS } from './screens.ts';
import { isTyping, matchesShortcut } from './shortcut.ts';
import { useCommands } from './use-commands.ts';
import { useAccess } from './use-engine.ts';

/** Listens for the shortcuts of all commands, and holds the palette and the list of shortcuts. */
export function CommandKeys(): ReactElement {
  const [opened, setOpened] = useState<'palette' | 'keys' | null>(null);
  const store = useAccess().commands;
  useCommands(
    useMemo(
      () => [
        { id: 'palette', title: 'Command palette', shortcut: 'Ctrl+K', run: () => setOpened('palette') },
        { id: 'keys', title: 'Shortcuts', shortcut: '?', run: () => setOpened('keys') },
      ],
      [],
    ),
  );
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (event.defaultPrevented || isTyping(event, event.target)) return;
      // The screen that came last stands nearest to the person.
      const fits = store.read().findLast(({ shortcut }) => shortcut !== undefined && matchesShortcut(shortcut, event));
      if (fits === undefined) return;
      event.preventDefault();
      fits.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [store]);
  return (
    <>
      {opened === 'palette' && <CommandPalette onClose={() => setOpened(null)} />}
      <Modal
        opened={opened === 'keys'}
        onClose={() => setOpened(null)}
        title="Shortcuts"
        lockScroll={false}
        transitionProps={{ duration: 0 }}
        closeButtonProps={{ 'aria-label': 'Close the list of shortcuts' }}
      >
        <ShortcutTable />
      </Modal>
    </>
  );
}

function ShortcutTable(): ReactElement {
  const store = useAccess().commands;
  const commands = useSyncExternalStore(store.onChange, store.read);
  const rows = [
    ...commands.flatMap(({ title, shortcut }) => (shortcut === undefined ? [] : [{ title, shortcut }])),
    ...SCREENS.map(({ title }, index) => ({ title, shortcut: keyOfScreen(index) })),
    { title: 'Andon', shortcut: 'Ctrl+Shift+A' },
  ];
  return (
    <table className={css.keys} data-testid="shortcuts">
      <tbody>
        {rows.map(({ title, shortcut }) => (
          <tr key={`${title} ${shortcut}`}>
            <td>{title}</td>
            <td>
              <Kbd size="xs">{shortcut}</Kbd>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
