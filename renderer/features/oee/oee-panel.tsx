import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import { addressOf } from '../../app/screens.ts';
import { openAddress } from '../../app/use-screen.ts';
import { OeeTrendChart } from '../../chart/oee-trend-chart.tsx';
import { Card } from '../../components/card.tsx';
import { Notice } from '../../components/notice.tsx';
import { STATE_FACES } from '../machine-state/state-face.ts';
import { StateMark } from '../machine-state/state-mark.tsx';
import { ShiftChooser } from '../shift/shift-chooser.tsx';
import { describeShift } from '../shift/shift-head-view.ts';
import { ReportButton } from '../shift-report/report-button.tsx';
import { EditorLinks } from './editor-head.tsx';
import { FleetGrid } from './fleet-grid.tsx';
import css from './oee-panel.module.css';
import { OeeTile } from './oee-tile.tsx';
import { StateTimeline } from './state-timeline.tsx';
import { type OeeAccess, type OeeViews, useOee } from './use-oee.ts';

interface Props {
  readonly shiftFromMs: number | null;
}

export function OeePanel({ shiftFromMs }: Props): ReactElement | null {
  const oee = useOee(shiftFromMs);
  if (oee === null) return null;
  if (oee.views === null) {
    return (
      <Notice tone={oee.failure === null ? 'calm' : 'look'} testId="screen-oee">
        {oee.failure ?? absenceText(oee)}
      </Notice>
    );
  }
  return (
    <div className={css.screen} data-testid="screen-oee">
      {oee.failure !== null && (
        <Notice tone="look" testId="shift-failure">
          {oee.failure} What you see is what was read before.
        </Notice>
      )}
      <Body oee={oee.views} shiftFromMs={shiftFromMs} />
    </div>
  );
}

function absenceText({ isIngestHere, hasEquipment }: OeeAccess): string {
  if (!isIngestHere)
    return 'This gateway only sends: its site file names no historian. OEE is worked out where the historian is.';
  return hasEquipment
    ? 'Reading the shift from the historian …'
    : 'No OEE yet. It is worked out from what the historian holds, as soon as the first machine states and counts are stored; Overview shows how far values come.';
}

function Body({ oee, shiftFromMs }: { readonly oee: OeeViews; readonly shiftFromMs: number | null }): ReactElement {
  const { fromMs, toMs } = oee.axis;
  const isRunning = oee.shift === null || oee.shift.phase === 'running';
  return (
    <>
      <header className={css.head}>
        <span data-testid="shift-head">
          {oee.shift === null ? 'No shift now' : describeShift(oee.shift, oee.timeZone)}
        </span>
        <span className={css.rest} />
        <ShiftChooser
          equipmentId={oee.equipmentId}
          timeZone={oee.timeZone}
          shiftFromMs={shiftFromMs}
          onChoose={(next) => openAddress(addressOf('oee', null, next))}
        />
        <ReportButton equipmentId={oee.equipmentId} name={oee.equipmentId} shift={oee.shift} timeZone={oee.timeZone} />
        <EditorLinks />
        <Button
          size="xs"
          variant="default"
          title="Ctrl Shift A; Esc leaves it"
          aria-keyshortcuts="Control+Shift+A"
          onClick={() => openAddress(addressOf('andon'))}
          data-testid="open-andon"
        >
          Andon
        </Button>
      </header>
      <div className={css.tiles}>
        {oee.tiles.map((tile) => (
          <OeeTile key={tile.id} tile={tile} shiftFromMs={shiftFromMs} />
        ))}
      </div>
      <FleetGrid rows={oee.fleet} shiftFromMs={shiftFromMs} />
      <Card title="States" note={oee.axis.note} testId="oee-timelines">
        {oee.timelines.length === 0 ? (
          <p className={css.absence}>No state has been stored in this shift yet.</p>
        ) : (
          <StateTimeline rows={oee.timelines} fromMs={fromMs} toMs={toMs} timeZone={oee.timeZone} />
        )}
        <Legend classes={oee.legend} />
      </Card>
      <Card title={isRunning ? 'OEE, shift to date' : 'OEE of each hour'} note="percent" testId="oee-trend">
        {oee.trend === null ? (
          <p className={css.absence}>No machine has an OEE yet: it begins with planned time and a count.</p>
        ) : (
          <OeeTrendChart picture={oee.trend} fromMs={fromMs} toMs={toMs} timeZone={oee.timeZone} />
        )}
      </Card>
    </>
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
