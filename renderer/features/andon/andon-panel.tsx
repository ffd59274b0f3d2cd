import { useLocalStorage } from '@mantine/hooks';
import { type CSSProperties, type ReactElement, useMemo } from 'react';
import { DARK, LIGHT, toCssVariables } from '../../app/palette.ts';
import { FigureScopeContext } from '../explain/explain-context.ts';
import { ExplainHost } from '../explain/explain-host.tsx';
import { FigureButton } from '../explain/figure-button.tsx';
import { STATE_FACES } from '../machine-state/state-face.ts';
import { StateMark } from '../machine-state/state-mark.tsx';
import css from './andon-panel.module.css';
import type { AndonView } from './andon-view.ts';
import { useAndon, useEscape } from './use-andon.ts';

/** The line for all who pass by: the whole window, no navigation, dark unless someone has chosen light. */
export function AndonPanel({ onLeave }: { readonly onLeave: () => void }): ReactElement {
  const andon = useAndon();
  const [theme, setTheme] = useLocalStorage<'dark' | 'light'>({
    key: 'lineside.andon-theme',
    defaultValue: 'dark',
    getInitialValueInEffect: false,
  });
  useEscape(onLeave);
  const colors = useMemo(() => toCssVariables(theme === 'dark' ? DARK : LIGHT) as CSSProperties, [theme]);
  const view = andon?.view ?? null;
  return (
    <main className={css.screen} style={colors} data-testid="screen-andon">
      {andon === null || view === null ? (
        <p className={css.absence}>
          {andon === null ? 'No engine yet: nothing is known of the line.' : 'No machine has been heard yet.'}
        </p>
      ) : (
        <FigureScopeContext
          value={{
            equipmentId: view.equipmentId,
            name: view.name,
            shiftFromMs: andon.shiftFromMs,
            timeZone: andon.timeZone,
          }}
        >
          <ExplainHost>
            <Line view={view} />
          </ExplainHost>
        </FigureScopeContext>
      )}
      <footer className={css.foot}>
        <span>Esc leaves</span>
        <button type="button" className={css.switch} onClick={() => setTheme(theme === 'dark' ? 'light' : 'dark')}>
          {theme === 'dark' ? 'Light' : 'Dark'}
        </button>
      </footer>
    </main>
  );
}

function Line({ view }: { readonly view: AndonView }): ReactElement {
  const face = STATE_FACES[view.timeClass];
  return (
    <>
      <section
        className={css.state}
        data-pattern={face.pattern}
        data-class={view.timeClass}
        style={{ backgroundColor: face.ground, color: face.ink }}
        aria-label={`State of ${view.name}`}
        data-testid="andon-state"
      >
        <h1 className={css.name}>{view.name}</h1>
        <div className={css.letter} aria-hidden>
          {view.letter}
        </div>
        <div className={css.word} data-testid="andon-word">
          {view.word}
        </div>
        <div className={css.timer} data-testid="andon-timer">
          {view.timer}
        </div>
        <div className={css.since} data-testid="andon-since">
          {view.silence ?? view.changedAt}
        </div>
      </section>
      <section className={css.figures} aria-label={`Figures of ${view.name}`}>
        <div className={css.block}>
          <div className={css.caption}>OEE, {view.phase}</div>
          <FigureButton figureId="oee" label={`OEE ${view.oee}`} className={css.why}>
            <span className={css.big} data-below={view.isOeeBelow} data-testid="andon-oee">
              {view.oee}
              {view.oeeCause === null && <span className={css.unit}> %</span>}
            </span>
          </FigureButton>
          <div className={css.caption}>{view.oeeCause ?? `${view.isOeeBelow ? 'below ' : ''}${view.target}`}</div>
        </div>
        <div className={css.block}>
          <div className={css.caption}>Good parts</div>
          <FigureButton figureId="count:good" label={`${view.good} good`} className={css.why}>
            <span className={css.big} data-below={view.isBehind} data-testid="andon-good">
              {view.good}
            </span>
          </FigureButton>
          <div className={css.caption} data-testid="andon-target">
            {view.isBehind ? 'behind target' : 'target'} {view.goodTarget}
          </div>
        </div>
      </section>
      <section className={css.band} aria-label="Machines">
        <p className={css.stopper} data-testid="andon-stopper">
          {view.stopper === null ? '' : `Stopped by ${view.stopper}`}
        </p>
        <ul className={css.machines}>
          {view.machines.map((machine) => (
            <li key={machine.id} className={css.machine}>
              <StateMark timeClass={machine.timeClass} />
              <span>
                {machine.name}
                <span className={css.machineWord}>{STATE_FACES[machine.timeClass].word}</span>
              </span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
