import { Button, Group, Slider } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { Stop } from '../../../shared/domain/equipment-shift.ts';
import { exactTimeText, lengthText } from '../../components/time-text.ts';
import css from './stop-drawer.module.css';
import { cutsOf } from './stop-view.ts';
import type { OeeActions } from './use-oee-actions.ts';

interface Props {
  readonly stop: Stop;
  readonly stops: readonly Stop[];
  readonly timeZone: string;
  readonly by: string;
  readonly actions: OeeActions;
  readonly onDone: () => void;
}

const SECOND_MS = 1_000;

/** Cuts a stop in two at a time inside it, and takes cuts back. The slider knows no local time that comes twice. */
export function SplitForm({ stop, stops, timeZone, by, actions, onDone }: Props): ReactElement {
  const lengthMs = stop.toMs - stop.fromMs;
  const [afterMs, setAfterMs] = useState(Math.floor(lengthMs / 2 / SECOND_MS) * SECOND_MS);
  const isIdle = actions.state.phase !== 'busy' && by.trim() !== '';
  const act = async (kind: 'split-stop' | 'merge-stops', atMs: number): Promise<void> => {
    if (await actions.act([{ kind, equipmentId: stop.machineId, atMs, by }])) onDone();
  };
  const cuts = cutsOf(stop, stops);
  return (
    <div className={css.form}>
      {lengthMs >= 2 * SECOND_MS && (
        <>
          <p className={css.quiet} data-testid="split-parts">
            Cut at {exactTimeText(stop.fromMs + afterMs, timeZone)}: {lengthText(afterMs)} before,{' '}
            {lengthText(lengthMs - afterMs)} after
          </p>
          <Slider
            min={SECOND_MS}
            max={lengthMs - SECOND_MS}
            step={SECOND_MS}
            value={afterMs}
            onChange={setAfterMs}
            label={(ms) => exactTimeText(stop.fromMs + ms, timeZone)}
            thumbLabel="Where to cut the stop"
            size={4}
            thumbSize={14}
          />
        </>
      )}
      <Group gap={8}>
        {lengthMs >= 2 * SECOND_MS && (
          <Button
            size="xs"
            variant="default"
            disabled={!isIdle}
            onClick={() => void act('split-stop', stop.fromMs + afterMs)}
            data-testid="split"
          >
            Cut here
          </Button>
        )}
        {cuts.map((atMs) => (
          <Button
            key={atMs}
            size="xs"
            variant="default"
            disabled={!isIdle}
            onClick={() => void act('merge-stops', atMs)}
            data-testid="merge"
          >
            Take the cut at {exactTimeText(atMs, timeZone)} back
          </Button>
        ))}
      </Group>
    </div>
  );
}
