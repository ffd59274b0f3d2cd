import type { ReactElement } from 'react';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import { OeeTrendChart } from '../../chart/oee-trend-chart.tsx';
import { Card } from '../../components/card.tsx';
import { Notice } from '../../components/notice.tsx';
import { STATE_FACES } from '../machine-state/state-face.ts';
import { StateMark } from '../machine-state/state-mark.tsx';
import css from './oee-panel.module.css';
import { OeeTile } from './oee-tile.tsx';
import { StateTimeline } from './state-timeline.tsx';
import { useOee } from './use-oee.ts';

export function OeePanel(): ReactElement | null {
  const views = useOee();
  if (views === null) return null;
  const { oee } = views;
  if (oee === null) {
    return (
      <Notice tone="calm" testId="screen-oee">
        {views.isIngestHere
          ? 'No OEE yet. It is worked out from what the historian holds, as soon as the first machine states and counts are stored; Overview shows how far values come.'
          : 'This gateway only sends: its site file names no historian. OEE is worked out where the historian is.'}
      </Notice>
    );
  }
  const { fromMs, toMs } = oee.axis;
  return (
    <div className={css.screen} data-testid="screen-oee">
      <div className={css.tiles}>
        {oee.tiles.map((tile) => (
          <OeeTile key={tile.id} tile={tile} />
        ))}
      </div>
      <Card title="OEE, shift to date" note="percent" testId="oee-trend">
        {oee.trend === null ? (
          <p className={css.absence}>No machine has an OEE yet: it begins with planned time and a count.</p>
        ) : (
          <OeeTrendChart picture={oee.trend} fromMs={fromMs} toMs={toMs} timeZone={oee.timeZone} />
        )}
      </Card>
      <Card title="States" note={oee.axis.note} testId="oee-timelines">
        {oee.timelines.length === 0 ? (
          <p className={css.absence}>No state has been stored in this shift yet.</p>
        ) : (
          <StateTimeline rows={oee.timelines} fromMs={fromMs} toMs={toMs} timeZone={oee.timeZone} />
        )}
        <Legend classes={oee.legend} />
      </Card>
    </div>
  );
}

function Legend({ classes }: { readonly classes: readonly TimeClass[] }): ReactElement {
  return (
    <ul className={css.legend} aria-label="Letters of the states">
      {classes.map((timeClass) => (
        <li key={timeClass}>
          <StateMark timeClass={timeClass} />
          {STATE_FACES[timeClass].word}
        </li>
      ))}
    </ul>
  );
}
