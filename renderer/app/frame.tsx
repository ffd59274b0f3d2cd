import { useDocumentTitle } from '@mantine/hooks';
import type { ReactElement } from 'react';
import { assertNever } from '../../shared/domain/assert-never.ts';
import { Notice } from '../components/notice.tsx';
import { durationText, exactTimeText } from '../components/time-text.ts';
import { OeePanel } from '../features/oee/oee-panel.tsx';
import { OverviewPanel } from '../features/overview/overview-panel.tsx';
import { QueuePanel } from '../features/queue/queue-panel.tsx';
import { TagsPanel } from '../features/tags/tags-panel.tsx';
import { EngineAbsence } from './engine-absence.tsx';
import { EngineBox } from './engine-box.tsx';
import css from './frame.module.css';
import { SILENT_AFTER_MS, toQueueBadge } from './frame-view.ts';
import { Navigation } from './navigation.tsx';
import type { ScreenId } from './screens.ts';
import { TopBar } from './top-bar.tsx';
import { type LiveSnapshot, useLiveSnapshot } from './use-engine.ts';
import { useScreen } from './use-screen.ts';

/** Navigation left, site above, one screen; without an engine the screen says why. */
export function Frame(): ReactElement {
  const { screen, open } = useScreen();
  const live = useLiveSnapshot();
  useDocumentTitle(live === null ? 'Lineside' : `Lineside — ${live.snapshot.site.line}`);
  return (
    <div className={css.frame}>
      <aside className={css.side}>
        <div className={css.name}>Lineside</div>
        <Navigation screen={screen} onOpen={open} queueBadge={live === null ? null : toQueueBadge(live.snapshot)} />
        <EngineBox />
      </aside>
      <TopBar live={live} />
      <main className={css.main} data-filled={live !== null && (screen === 'queue' || screen === 'tags')}>
        {live === null ? (
          <EngineAbsence />
        ) : (
          <>
            {live.silentMs > SILENT_AFTER_MS && <SilentNotice live={live} />}
            <Screen screen={screen} onOpen={open} />
          </>
        )}
      </main>
    </div>
  );
}

interface ScreenProps {
  readonly screen: ScreenId;
  readonly onOpen: (screen: ScreenId) => void;
}

function Screen({ screen, onOpen }: ScreenProps): ReactElement {
  switch (screen) {
    case 'overview':
      return <OverviewPanel onOpen={onOpen} />;
    case 'oee':
      return <OeePanel />;
    case 'queue':
      return <QueuePanel />;
    case 'tags':
      return <TagsPanel />;
    default:
      return assertNever(screen);
  }
}

function SilentNotice({ live }: { readonly live: LiveSnapshot }): ReactElement {
  const { takenAtMs, site } = live.snapshot;
  return (
    <div className={css.silent}>
      <Notice tone="look" testId="engine-silent">
        The engine has not reported for {durationText(live.silentMs)}. What you see is from{' '}
        {exactTimeText(takenAtMs, site.timeZone)}; values already accepted are safe on disk.
      </Notice>
    </div>
  );
}
