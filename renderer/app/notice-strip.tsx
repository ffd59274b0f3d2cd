import { Button, CloseButton, Drawer, VisuallyHidden } from '@mantine/core';
import { type ReactElement, useMemo, useState } from 'react';
import { ToneSign } from '../components/notice.tsx';
import { plural } from '../components/number-text.ts';
import { dayText, exactTimeText } from '../components/time-text.ts';
import type { NoticeEntry } from './notice-store.ts';
import css from './notice-strip.module.css';
import { findScreenFor, titleOf } from './notice-view.ts';
import type { ScreenId } from './screens.ts';
import { useCommands } from './use-commands.ts';
import { useNotices } from './use-notices.ts';

interface Props {
  readonly timeZone: string;
  readonly onOpen: (screen: ScreenId) => void;
}

/**
 * The foot of the window: quiet while all is well, else the newest sentence with its next step. It has its own place,
 * so that it covers nothing, and is read out when the person is done with what they do.
 */
export function NoticeStrip({ timeZone, onOpen }: Props): ReactElement {
  const { entries, close } = useNotices();
  const [isListOpen, setListOpen] = useState(false);
  useCommands(
    useMemo(
      () => [{ id: 'notices', title: 'Notifications', shortcut: 'Ctrl+Shift+M', run: () => setListOpen(true) }],
      [],
    ),
  );
  const lasting = entries.filter(({ endedAtMs, key }) => endedAtMs === null && key !== null);
  const shown = entries.find(({ isClosed }) => !isClosed);
  return (
    <footer className={css.strip} data-tone={shown?.tone ?? 'calm'} data-testid="notice-strip">
      {/* Counts in the sentence move each second: read out is what happened, once. */}
      <VisuallyHidden role="status">{shown === undefined ? '' : announced(shown)}</VisuallyHidden>
      <div className={css.live}>
        {shown === undefined ? (
          <span className={css.quiet}>
            {lasting.length === 0
              ? 'Nothing needs attention.'
              : `${plural(lasting.length, 'thing')} to look at on Overview.`}
          </span>
        ) : (
          <Sentence entry={shown} />
        )}
      </div>
      {shown !== undefined && (
        <>
          <ScreenButton entry={shown} onOpen={onOpen} />
          <CloseButton size="sm" aria-label="Put this away" onClick={() => close(shown.id)} />
        </>
      )}
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => setListOpen(true)}
        aria-keyshortcuts="Control+Shift+M"
        data-testid="open-notices"
      >
        Notifications{entries.length === 0 ? '' : ` (${entries.length})`}
      </Button>
      <Drawer
        opened={isListOpen}
        onClose={() => setListOpen(false)}
        position="right"
        size="min(560px, 60vw)"
        title="Notifications"
        lockScroll={false}
        transitionProps={{ duration: 0 }}
        closeButtonProps={{ 'aria-label': 'Close the notifications' }}
      >
        {entries.length === 0 && <p className={css.quiet}>Nothing has happened since this window was opened.</p>}
        <ul className={css.list}>
          {entries.map((entry) => (
            <li key={entry.id} className={css.entry} data-testid="notice-row">
              <Sentence entry={entry} />
              <p className={css.when}>
                {dayText(entry.atMs, timeZone)} {exactTimeText(entry.atMs, timeZone)}
                {entry.endedAtMs !== null && `, over at ${exactTimeText(entry.endedAtMs, timeZone)}`}{' '}
                <ScreenButton
                  entry={entry}
                  onOpen={(screen) => {
                    setListOpen(false);
                    onOpen(screen);
                  }}
                />
              </p>
            </li>
          ))}
        </ul>
      </Drawer>
    </footer>
  );
}

const announced = ({ stage, text, code }: NoticeEntry): string =>
  `${stage}: ${code === null ? text : text.replace(/^\d[\d,]* /, '')}`;

function Sentence({ entry }: { readonly entry: NoticeEntry }): ReactElement {
  return (
    <div className={css.sentence}>
      {entry.tone !== 'calm' && <ToneSign tone={entry.tone} />}
      <div>
        <span className={css.stage}>{entry.stage}</span> {entry.text}{' '}
        <span className={css.next}>
          {entry.nextStep} {entry.code !== null && <em>{entry.code}</em>}
        </span>
      </div>
    </div>
  );
}

function ScreenButton({ entry, onOpen }: { readonly entry: NoticeEntry; readonly onOpen: Props['onOpen'] }) {
  const screen = findScreenFor(entry.stage, entry.code);
  if (screen === null) return null;
  return (
    <Button size="compact-xs" variant="default" onClick={() => onOpen(screen)} data-testid="notice-open">
      Open {titleOf(screen)}
    </Button>
  );
}
