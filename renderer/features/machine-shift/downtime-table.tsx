import { Button, Checkbox, Group, Switch } from '@mantine/core';
import { type ReactElement, type ReactNode, useMemo, useState } from 'react';
import type { EquipmentShift, Stop } from '../../../shared/domain/equipment-shift.ts';
import { Card } from '../../components/card.tsx';
import { plural } from '../../components/number-text.ts';
import { type Column, VirtualTable } from '../../components/virtual-table.tsx';
import { StateMark } from '../machine-state/state-mark.tsx';
import { describeUnexplained, keyOfStop, toStopView } from '../stop-reason/stop-view.ts';
import css from './downtime-table.module.css';

const COLUMNS: readonly Column[] = [
  { title: '', track: '20px' },
  { title: 'Began', track: '68px' },
  { title: 'Length', track: '72px', isNumber: true },
  { title: 'State', track: 'minmax(120px, 1fr)' },
  { title: 'Cause or reason', track: 'minmax(140px, 2fr)' },
  { title: 'Who', track: 'minmax(64px, 1fr)' },
  { title: 'Comment', track: 'minmax(64px, 1.4fr)' },
  { title: 'Reason', track: '76px' },
];

interface Props {
  readonly shift: EquipmentShift;
  readonly onOpen: (stops: readonly Stop[]) => void;
}

const NO_LOADING = (): void => {};

/** Stops of the shift, newest first: one opens to its reason and its cuts, several get one reason at once. */
export function DowntimeTable({ shift, onOpen }: Props): ReactElement {
  const [isUnexplainedOnly, setIsUnexplainedOnly] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(
    () => (isUnexplainedOnly ? shift.stops.filter((stop) => stop.needsReason) : shift.stops),
    [shift.stops, isUnexplainedOnly],
  );
  const chosenStops = rows.filter((stop) => chosen.has(keyOfStop(stop)));
  const toggle = (key: string): void => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };
  const cellsOf = (index: number): readonly ReactNode[] | null => {
    const stop = rows[index];
    return stop === undefined ? null : toCells(stop, shift.timeZone, chosen.has(keyOfStop(stop)), toggle, onOpen);
  };
  const unexplained = describeUnexplained(shift.stops);
  return (
    <Card
      title="Stops"
      note={unexplained === '' ? 'all explained' : <strong className={css.open}>no reason yet: {unexplained}</strong>}
      testId="downtime"
    >
      <Group gap={16} className={css.tools}>
        <Switch
          size="xs"
          label="Without a reason only"
          checked={isUnexplainedOnly}
          onChange={(event) => setIsUnexplainedOnly(event.currentTarget.checked)}
          data-testid="unexplained-only"
        />
        {chosenStops.length > 0 && (
          <Button size="compact-xs" onClick={() => onOpen(chosenStops)} data-testid="assign-chosen">
            Assign {plural(chosenStops.length, 'stop')}
          </Button>
        )}
      </Group>
      <div className={css.table}>
        <VirtualTable
          label="Stops of the shift"
          columns={COLUMNS}
          rowCount={rows.length}
          cellsOf={cellsOf}
          toneOf={(index) => (rows[index]?.needsReason === true ? 'look' : undefined)}
          rowTestId="stop-row"
          onRange={NO_LOADING}
          absence={isUnexplainedOnly ? 'Every stop has a reason.' : 'No stop in this shift.'}
        />
      </div>
    </Card>
  );
}

function toCells(
  stop: Stop,
  timeZone: string,
  isChosen: boolean,
  toggle: (key: string) => void,
  onOpen: (stops: readonly Stop[]) => void,
): readonly ReactNode[] {
  const view = toStopView(stop, timeZone);
  return [
    <Checkbox
      key="choose"
      size="xs"
      aria-label={`Choose the stop of ${view.start}`}
      checked={isChosen}
      onChange={() => toggle(view.key)}
    />,
    view.start,
    view.length,
    <span key="state" className={css.state}>
      <StateMark timeClass={stop.timeClass} />
      {view.state}
    </span>,
    <span key="why" title={view.source}>
      {view.why}
    </span>,
    view.who,
    <span key="comment" title={view.comment}>
      {view.comment}
    </span>,
    <Button
      key="open"
      size="compact-xs"
      variant="default"
      aria-label={`${stop.needsReason ? 'Assign' : 'Open'} the stop of ${view.start}`}
      onClick={() => onOpen([stop])}
    >
      {stop.needsReason ? 'Assign' : 'Open'}
    </Button>,
  ];
}
