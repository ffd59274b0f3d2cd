import type { ReactElement } from 'react';
import { WorkBar } from '../components/work-bar.tsx';
import { useTickMs } from './page-clock.ts';
import { useWorkbench } from './use-engine.ts';
import { useRunningWork } from './use-running-work.ts';
import css from './work-tray.module.css';

/** Work that ends before this is not worth a look. */
const SHOWN_AFTER_MS = 1_000;

/** Every long work that runs, on whatever screen it was ordered, with its way out. */
export function WorkTray(): ReactElement | null {
  const workbench = useWorkbench();
  const tickMs = useTickMs();
  const running = useRunningWork().filter(({ sinceMonotonicMs }) => tickMs - sinceMonotonicMs >= SHOWN_AFTER_MS);
  if (running.length === 0) return null;
  return (
    <section className={css.tray} aria-label="Running work" data-testid="work-tray">
      {running.map((work) => (
        <WorkBar
          key={work.workId}
          title={work.title}
          progress={work}
          lastedMs={tickMs - work.sinceMonotonicMs}
          onCancel={() => void workbench.work.cancel({ workId: work.workId }).catch(() => undefined)}
          isNarrow
        />
      ))}
    </section>
  );
}
