import { Select } from '@mantine/core';
import type { ReactElement } from 'react';
import { percentText } from '../../components/number-text.ts';
import { dayText, timeOfDayText } from '../../components/time-text.ts';
import { toPhaseView } from './shift-head-view.ts';
import { useShiftList } from './use-shift-list.ts';

interface Props {
  readonly equipmentId: string;
  readonly timeZone: string;
  /** Null is the shift that runs. */
  readonly shiftFromMs: number | null;
  readonly onChoose: (shiftFromMs: number | null) => void;
}

const RUNNING = 'running';

/** The running shift, or an earlier one with its OEE and whether it was revised. */
export function ShiftChooser({ equipmentId, timeZone, shiftFromMs, onChoose }: Props): ReactElement {
  const { list, readAgain } = useShiftList(equipmentId);
  const earlier = list.phase === 'there' ? list.value.filter((line) => line.head.phase !== 'running') : [];
  const options = earlier.map((line) => {
    const figure = line.oee.value === null ? '' : `, ${percentText(line.oee.value)} %`;
    const begins = `${dayText(line.head.fromMs, timeZone)} ${timeOfDayText(line.head.fromMs, timeZone)}`;
    const phase = line.head.phase === 'final' ? '' : `, ${toPhaseView(line.head, timeZone).text}`;
    return { value: String(line.head.fromMs), label: `${line.head.name}, ${begins}${figure}${phase}` };
  });
  const isListed = shiftFromMs === null || options.some((option) => option.value === String(shiftFromMs));
  return (
    <Select
      size="xs"
      w={230}
      aria-label="Shift"
      allowDeselect={false}
      onDropdownOpen={readAgain}
      searchable={options.length > 12}
      data={[
        { value: RUNNING, label: 'Running shift' },
        ...(isListed
          ? []
          : [
              {
                value: String(shiftFromMs),
                label: `${dayText(shiftFromMs, timeZone)} ${timeOfDayText(shiftFromMs, timeZone)}`,
              },
            ]),
        ...options,
      ]}
      value={shiftFromMs === null ? RUNNING : String(shiftFromMs)}
      onChange={(value) => onChoose(value === null || value === RUNNING ? null : Number(value))}
      data-testid="shift-chooser"
    />
  );
}
