import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Notice } from '../../components/notice.tsx';
import { plural } from '../../components/number-text.ts';
import { OperatorField, useOperator } from '../stop-reason/operator.tsx';
import { toImpact } from './calendar-impact.ts';
import css from './calendar-panel.module.css';
import { HOUR_MS } from './clock-change.ts';
import { type CalendarEdit, describeOutdated } from './use-calendar-edit.ts';

interface Props {
  readonly edit: CalendarEdit;
  readonly nowMs: number;
}

const hours = (ms: number): string => `${Number((ms / HOUR_MS).toFixed(2))} h`;

/** What applying does, in numbers, with the button; after it, the way back. */
export function ImpactBar({ edit, nowMs }: Props): ReactElement | null {
  const [by, setBy] = useOperator();
  const { planned, applied, isChanged } = edit;
  if (!isChanged) {
    if (applied === null) return null;
    return (
      <Notice tone="calm" testId="calendar-applied">
        Applied: the site is revision {applied.revision}.{' '}
        <Button size="compact-xs" variant="default" onClick={() => void edit.takeBack(by)} data-testid="calendar-undo">
          Take it back
        </Button>
      </Notice>
    );
  }
  return (
    <div className={css.bar} data-testid="impact-bar">
      <div className={css.impact}>
        {planned === null && 'Asking the gateway what this would mean …'}
        {planned?.phase === 'refused' && (
          <span className={css.fault} data-testid="calendar-refused">
            Cannot be applied: {planned.faults.map(({ path, text }) => `${path}: ${text}`).join('; ')}
          </span>
        )}
        {planned?.phase === 'outdated' && <span className={css.fault}>{describeOutdated(planned)}</span>}
        {planned?.phase === 'planned' && <Impact edit={edit} nowMs={nowMs} />}
      </div>
      <OperatorField name={by} onChange={setBy} />
      <Button
        size="xs"
        disabled={planned?.phase !== 'planned' || by.trim() === ''}
        onClick={() => void edit.apply(by)}
        data-testid="calendar-apply"
      >
        Apply
      </Button>
      <Button size="xs" variant="default" onClick={edit.discard}>
        Discard
      </Button>
    </div>
  );
}

function Impact({ edit, nowMs }: Props): ReactElement {
  const { site, draft, planned } = edit;
  const machineIds = site.machines.map(({ id }) => id);
  const impact = toImpact(site, draft, { timeZone: site.timeZone, machineIds, nowMs });
  const change = planned?.phase === 'planned' ? planned.change : null;
  const deviceCount = change?.devices.length ?? 0;
  const restart = change?.changes.some(({ kind }) => kind === 'needs-restart') ?? false;
  return (
    <span data-testid="calendar-impact">
      {plural(impact.changedCount, 'shift')} of four weeks back and ahead change on {site.line};{' '}
      {plural(impact.closedCount, 'closed shift')} among them. Planned time of the next four weeks{' '}
      {hours(impact.plannedBeforeMs)} → {hours(impact.plannedAfterMs)}.{' '}
      {impact.windowsBeforeMs !== impact.windowsAfterMs &&
        `Planned windows take ${hours(impact.windowsBeforeMs)} → ${hours(impact.windowsAfterMs)} of machine time in it. `}
      {deviceCount === 0 ? '0 tags, no rebirth.' : `${plural(deviceCount, 'device')} reborn.`}
      {restart && ' OEE takes it at the next start of the gateway.'}
    </span>
  );
}
