import { useDocumentTitle } from '@mantine/hooks';
import type { ReactElement } from 'react';
import { assertNever } from '../../shared/domain/assert-never.ts';
import { Notice } from '../components/notice.tsx';
import { durationText, exactTimeText } from '../components/time-text.ts';
import { AndonPanel } from '../features/andon/andon-panel.tsx';
import { CertificatesPanel } from '../features/certificates/certificates-panel.tsx';
import { toCertificateBadge } from '../features/certificates/certificates-view.ts';
import { OeeScreen } from '../features/oee/oee-screen.tsx';
import { OverviewPanel } from '../features/overview/overview-panel.tsx';
import { QueuePanel } from '../features/queue/queue-panel.tsx';
import { ReasonPanel } from '../features/reason-tree/reason-panel.tsx';
import { CalendarPanel } from '../features/shift-calendar/calendar-panel.tsx';
import { ChangesPanel } from '../features/site-change/changes-panel.tsx';
import { TagsPanel } from '../features/tags/tags-panel.tsx';
import { CommandKeys } from './command-keys.tsx';
import { EngineAbsence } from './engine-absence.tsx';
import { EngineBox } from './engine-box.tsx';
import css from './frame.module.css';
import { SILENT_AFTER_MS, toQueueBadge } from './frame-view.ts';
import { Navigation } from './navigation.tsx';
import { NoticeStrip } from './notice-strip.tsx';
import { type Address, isEditor, type ScreenId } from './screens.ts';
import { TopBar } from './top-bar.tsx';
import { type LiveSnapshot, useLiveSnapshot } from './use-engine.ts';
import { useAddress } from './use-screen.ts';
import { WorkTray } from './work-tray.tsx';

/** Navigation left, site above, one screen; without an engine the screen says why. */
export function Frame(): ReactElement {
  const { address, open } = useAddress();
  const { screen } = address;
  const live = useLiveSnapshot();
  useDocumentTitle(live === null ? 'Lineside' : `Lineside — ${live.snapshot.site.line}`);
  if (screen === 'andon') return <AndonPanel onLeave={() => open('oee')} />;
  return (
    <div className={css.frame}>
      <aside className={css.side}>
        <div className={css.name}>Lineside</div>
        <Navigation
          screen={isEditor(screen) ? 'oee' : screen}
          onOpen={open}
          queueBadge={live === null ? null : toQueueBadge(live.snapshot)}
          certificateBadge={live === null ? null : toCertificateBadge(live.snapshot, live.nowMs)}
        />
        <WorkTray />
        <EngineBox />
      </aside>
      <TopBar live={live} />
      <main
        className={css.main}
        data-filled={live !== null && (screen === 'queue' || screen === 'tags' || screen === 'changes')}
      >
        {live === null ? (
          <EngineAbsence />
        ) : (
          <>
            {live.silentMs > SILENT_AFTER_MS && <SilentNotice live={live} />}
            <Screen address={address} onOpen={open} />
          </>
        )}
      </main>
      <NoticeStrip timeZone={live?.snapshot.site.timeZone ?? 'UTC'} onOpen={open} />
      <CommandKeys />
    </div>
  );
}

interface ScreenProps {
  readonly address: Address;
  readonly onOpen: (screen: ScreenId) => void;
}

function Screen({ address, onOpen }: ScreenProps): ReactElement | null {
  switch (address.screen) {
    case 'overview':
      return <OverviewPanel onOpen={onOpen} />;
    case 'oee':
      return <OeeScreen address={address} />;
    case 'queue':
      return <QueuePanel />;
    case 'tags':
      return <TagsPanel key={address.detail} search={address.detail ?? ''} />;
    case 'certificates':
      return <CertificatesPanel />;
    case 'calendar':
      return <CalendarPanel />;
    case 'reasons':
      return <ReasonPanel />;
    case 'changes':
      return <ChangesPanel />;
    case 'andon':
      // Drawn without the frame.
      return null;
    default:
      return assertNever(address.screen);
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
