import { ActionIcon, Group, RangeSlider } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, useMemo } from 'react';
import type { EquipmentShift, Stop } from '../../../shared/domain/equipment-shift.ts';
import { Card } from '../../components/card.tsx';
import { exactTimeText, timeOfDayText, zoneText } from '../../components/time-text.ts';
import { ClassTimes } from './class-times.tsx';
import css from './shift-timeline.module.css';
import { TimelineBars } from './timeline-bars.tsx';
import { toMarks } from './timeline-view.ts';
import { useTimeWindow } from './use-time-window.ts';

interface Props {
  readonly shift: EquipmentShift;
  readonly onOpenStop: (stop: Stop) => void;
}

/** States of the shift on one line: zoom with the buttons, the keys + − 0, the slider, or by drawing over it. */
export function ShiftTimeline({ shift, onOpenStop }: Props): ReactElement {
  const view = useTimeWindow(shift);
  const { fromMs, toMs } = view.window;
  const marks = useMemo(() => toMarks(shift, { fromMs, toMs }), [shift, fromMs, toMs]);
  const { timeZone } = shift;
  const range = `${timeOfDayText(fromMs, timeZone)} to ${timeOfDayText(toMs, timeZone)} ${zoneText(toMs, timeZone)}`;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+') view.zoom(0.5);
    else if (event.key === '-') view.zoom(2);
    else if (event.key === '0') view.showAll();
    else return;
    event.preventDefault();
  };
  return (
    <Card
      title={`State, ${range}`}
      note={view.isUnknownBefore ? 'unknown before; 0 shows the whole shift' : 'click a stop to give its reason'}
      testId="shift-timeline"
    >
      <div className={css.body} onKeyDown={onKeyDown}>
        <TimelineBars
          marks={marks}
          window={view.window}
          timeZone={timeZone}
          onOpenStop={onOpenStop}
          onShow={view.show}
        />
        <Group gap={6} wrap="nowrap" className={css.zoom}>
          <RangeSlider
            className={css.slider}
            size={4}
            thumbSize={14}
            min={view.whole.fromMs}
            max={view.whole.toMs}
            minRange={20_000}
            step={1_000}
            value={[fromMs, toMs]}
            label={(atMs) => exactTimeText(atMs, timeZone)}
            thumbFromLabel="Start of what is shown"
            thumbToLabel="End of what is shown"
            onChange={([nextFromMs, nextToMs]) => view.show({ fromMs: nextFromMs, toMs: nextToMs })}
          />
          <ZoomButton name="Zoom in" sign="+" stroke="+" onClick={() => view.zoom(0.5)} />
          <ZoomButton name="Zoom out" sign="−" stroke="-" onClick={() => view.zoom(2)} />
          <ZoomButton
            name="All of the shift"
            sign="All"
            stroke="0"
            onClick={view.showAll}
            isDisabled={!view.isZoomed}
          />
        </Group>
        <ClassTimes shift={shift} />
      </div>
    </Card>
  );
}

interface ZoomProps {
  readonly name: string;
  readonly sign: string;
  /** The key that does the same. */
  readonly stroke: string;
  readonly onClick: () => void;
  readonly isDisabled?: boolean;
}

function ZoomButton({ name, sign, stroke, onClick, isDisabled = false }: ZoomProps): ReactElement {
  return (
    <ActionIcon
      variant="default"
      size="sm"
      w="auto"
      miw={22}
      px={5}
      fz="xs"
      aria-label={name}
      aria-keyshortcuts={stroke}
      title={`${name} (key ${stroke})`}
      onClick={onClick}
      disabled={isDisabled}
    >
      {sign}
    </ActionIcon>
  );
}
