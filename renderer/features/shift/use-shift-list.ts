import { useCallback, useState } from 'react';
import type { ShiftLine } from '../../../shared/domain/equipment-shift.ts';
import { useTickMs } from '../../app/page-clock.ts';
import { useLiveSnapshot, useWorkbench } from '../../app/use-engine.ts';
import { type Answer, useAnswer } from '../../components/use-answer.ts';

const MAX_SHIFTS = 60;
const MINUTE_MS = 60_000;

/** Earlier shifts of an equipment, newest first; read again each minute, and at once by `readAgain`. */
export function useShiftList(equipmentId: string): {
  readonly list: Answer<readonly ShiftLine[]>;
  readonly readAgain: () => void;
} {
  const { oee } = useWorkbench();
  const nowMs = useLiveSnapshot()?.nowMs ?? 0;
  const round = Math.floor(useTickMs() / MINUTE_MS);
  const [readings, setReadings] = useState(0);
  const beforeMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const ask = useCallback(
    () => oee.shifts({ equipmentId, beforeMs, limit: MAX_SHIFTS }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `round` stands for `beforeMs`, which moves with every snapshot
    [oee, equipmentId, round, readings],
  );
  const readAgain = useCallback(() => setReadings((count) => count + 1), []);
  return { list: useAnswer<readonly ShiftLine[]>(ask), readAgain };
}
