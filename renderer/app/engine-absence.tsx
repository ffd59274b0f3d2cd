import type { ReactElement } from 'react';
import { Notice } from '../components/notice.tsx';
import { durationText } from '../components/time-text.ts';
import css from './engine-absence.module.css';
import { useTickMs } from './page-clock.ts';
import { useEngineState } from './use-engine.ts';

/** From here on a start is called slow, with what may take the time. */
const SLOW_START_MS = 10_000;

/** What stands in place of a screen while there is no snapshot: the start, why it failed, or that it is started again. */
export function EngineAbsence(): ReactElement {
  const state = useEngineState();
  const tickMs = useTickMs();
  if (state.phase === 'failed') {
    return (
      <Notice tone="broken" testId="engine-failed">
        <p className={css.what}>{state.text}</p>
        <p className={css.next}>
          Nothing was lost: what the buffer accepted before is on disk. Put the cause right and start Lineside again;
          the log has the details. <em>{state.code}</em>
        </p>
      </Notice>
    );
  }
  if (state.phase === 'restarting') {
    const leftMs = state.restartAtMonotonicMs - tickMs;
    return (
      <Notice tone="broken" testId="engine-restarting">
        <p className={css.what}>{state.text}</p>
        <p className={css.next}>
          {leftMs > 0 ? `Started again in ${durationText(leftMs + 999)}.` : 'Starting again now.'} What the buffer
          accepted before is on disk; machines count as unknown meanwhile. <em>{state.code}</em>
        </p>
      </Notice>
    );
  }
  const lastedMs = state.phase === 'starting' ? Math.max(0, tickMs - state.sinceMonotonicMs) : 0;
  return (
    <div className={css.starting} role="status" data-testid="engine-starting">
      <p className={css.what}>The engine starts.</p>
      <p className={css.next}>
        {lastedMs < SLOW_START_MS
          ? 'Buffer, historian and servers are opened.'
          : `For ${durationText(lastedMs)} now. The first start takes longest: the historian's tables are made and the buffer file is checked. The window shows the line as soon as the first values are read.`}
      </p>
      <div className={css.track} aria-hidden>
        <div className={css.runner} />
      </div>
    </div>
  );
}
