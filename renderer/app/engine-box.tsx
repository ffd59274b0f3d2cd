import { type ReactElement, useEffect, useState } from 'react';
import css from './engine-box.module.css';
import { toEngineText } from './frame-view.ts';
import { useEngineState, useLiveSnapshot, useWorkbench } from './use-engine.ts';

interface About {
  readonly version: string;
  readonly runtime: string;
  readonly isTestRuntime: boolean;
}

/** Where the engine runs and how it is; a test runtime says that it is one. */
export function EngineBox(): ReactElement {
  const about = useAbout();
  const state = useEngineState();
  const live = useLiveSnapshot();
  const { text, tone } = toEngineText(state, live?.silentMs ?? 0);
  return (
    <section className={css.box} aria-label="Engine" data-testid="engine-box" title={about?.runtime}>
      <div className={css.quiet}>
        Engine{about === null ? '' : ` ${about.version}`}
        {live?.snapshot.isDemo === true && <span className={css.demo}>demo</span>}
      </div>
      <div>
        <strong>This computer</strong>{' '}
        <span className={css.state} data-tone={tone}>
          {text}
        </span>
      </div>
      {about?.isTestRuntime === true && <div className={css.quiet}>{about.runtime.split('.')[0]}, test runtime</div>}
    </section>
  );
}

function useAbout(): About | null {
  const workbench = useWorkbench();
  const [about, setAbout] = useState<About | null>(null);
  useEffect(() => {
    let isWanted = true;
    workbench.app
      .about(undefined)
      .then((answer) => {
        if (isWanted) setAbout(answer);
      })
      // Without it the box shows the engine's state only; a page without a bridge says so on its screen.
      .catch(() => setAbout(null));
    return () => {
      isWanted = false;
    };
  }, [workbench]);
  return about;
}
