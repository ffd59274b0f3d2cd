import { Kbd, Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type KeyboardEvent, type ReactElement, useCallback, useId, useState, useSyncExternalStore } from 'react';
import { z } from 'zod';
import { useAnswer } from '../components/use-answer.ts';
import css from './command-palette.module.css';
import { findEntries, type PaletteEntry, withRecent } from './palette-entries.ts';
import { addressOf, keyOfScreen, type ScreenId, SCREENS } from './screens.ts';
import { useAccess, useLiveSnapshot, useWorkbench } from './use-engine.ts';
import { useRemembered } from './use-remembered.ts';
import { openAddress } from './use-screen.ts';

const Ids = z.array(z.string()).max(20);
const REST_MS = 120;
const MAX_TAGS = 10;

/** Everything that can be reached or done, by name; worked by the keyboard alone. */
export function CommandPalette({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const [recent, setRecent] = useRemembered<readonly string[]>('palette.recent', Ids, []);
  const tags = useTagEntries(query);
  const entries = [...findEntries(useEntries(), query, recent), ...tags];
  const listId = useId();
  const chosen = entries[Math.min(at, entries.length - 1)];
  const choose = (entry: PaletteEntry): void => {
    setRecent(withRecent(recent, entry.id));
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const places: Readonly<Record<string, number>> = {
      ArrowDown: Math.min(at + 1, entries.length - 1),
      ArrowUp: Math.max(at - 1, 0),
    };
    const next = places[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setAt(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      choose(chosen);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      padding={8}
      size={560}
      yOffset="12vh"
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      aria-label="Command palette"
    >
      <TextInput
        data-autofocus
        size="md"
        role="combobox"
        aria-label="Screen, action, machine or tag"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={chosen === undefined ? undefined : `${listId}-${entries.indexOf(chosen)}`}
        placeholder="Screen, action, machine or tag"
        maxLength={200}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        data-testid="palette-search"
      />
      <div className={css.list} role="listbox" id={listId} aria-label="What fits" data-testid="palette">
        {entries.map((entry, index) => (
          <div
            key={`${entry.section} ${entry.id}`}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={entry === chosen}
            className={css.entry}
            onClick={() => choose(entry)}
            data-testid="palette-entry"
          >
            <span className={css.title}>{entry.title}</span>
            <span className={css.section}>{entry.section}</span>
            {entry.shortcut !== null && <Kbd size="xs">{entry.shortcut}</Kbd>}
          </div>
        ))}
        {entries.length === 0 && <p className={css.none}>Nothing fits “{query}”.</p>}
      </div>
    </Modal>
  );
}

function useEntries(): readonly PaletteEntry[] {
  const store = useAccess().commands;
  const commands = useSyncExternalStore(store.onChange, store.read);
  const live = useLiveSnapshot();
  const screen = (id: ScreenId, title: string, shortcut: string | null): PaletteEntry => ({
    id: `screen.${id}`,
    section: 'Screens',
    title,
    shortcut,
    run: () => openAddress(addressOf(id)),
  });
  return [
    ...commands.map(({ id, title, shortcut, run }): PaletteEntry => ({
      id,
      section: 'On this screen',
      title,
      shortcut: shortcut ?? null,
      run,
    })),
    ...SCREENS.map(({ id, title }, index) => screen(id, title, keyOfScreen(index))),
    screen('andon', 'Andon', 'Ctrl+Shift+A'),
    screen('calendar', 'Shift calendar', null),
    screen('reasons', 'Reasons', null),
    screen('changes', 'Changes', null),
    ...(live?.snapshot.oee?.machines ?? []).map(({ equipmentId, name }): PaletteEntry => ({
      id: `machine.${equipmentId}`,
      section: 'Machines',
      title: name === equipmentId ? name : `${name} (${equipmentId})`,
      shortcut: null,
      run: () => openAddress(addressOf('oee', equipmentId)),
    })),
  ];
}

/** Searched by the engine: there may be 100,000. */
function useTagEntries(query: string): readonly PaletteEntry[] {
  const workbench = useWorkbench();
  const [rested] = useDebouncedValue(query.trim(), REST_MS);
  const ask = useCallback(
    () => workbench.tags.page({ fromIndex: 0, maxRows: MAX_TAGS, search: rested }),
    [workbench, rested],
  );
  const answer = useAnswer(rested.length < 2 ? null : ask);
  if (answer.phase !== 'there' || rested !== query.trim()) return [];
  return answer.value.rows.map(({ tagId }) => ({
    id: `tag.${tagId}`,
    section: 'Tags',
    title: tagId,
    shortcut: null,
    run: () => openAddress({ ...addressOf('tags'), detail: tagId }),
  }));
}
