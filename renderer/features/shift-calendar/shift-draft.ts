import type { ShiftConfig } from '../../../shared/config/equipment.ts';
import type { SiteEditResult } from '../../../shared/domain/site-edit.ts';

const DAY_MINUTES = 24 * 60;

function moveTime(time: string, minutes: number): string {
  const [hour = '0', minute = '0'] = time.split(':');
  const moved = (Number(hour) * 60 + Number(minute) + minutes + DAY_MINUTES) % DAY_MINUTES;
  return `${String(Math.floor(moved / 60)).padStart(2, '0')}:${String(moved % 60).padStart(2, '0')}`;
}

/** The shift with its breaks so much later, or only its end. */
export function moveShift(shift: ShiftConfig, minutes: number, isEndOnly: boolean): ShiftConfig {
  const to = moveTime(shift.to, minutes);
  if (isEndOnly) return { ...shift, to };
  const breaks = shift.breaks.map((pause) => ({
    ...pause,
    from: moveTime(pause.from, minutes),
    to: moveTime(pause.to, minutes),
  }));
  return { ...shift, from: moveTime(shift.from, minutes), to, breaks };
}

/** What is wrong with a shift, by its field; '' is the shift as a whole. */
export function faultsOfShift(planned: SiteEditResult | null, index: number): ReadonlyMap<string, string> {
  if (planned?.phase !== 'refused') return new Map();
  const prefix = `shifts[${index}]`;
  return new Map(
    planned.faults
      .filter(({ path }) => path === prefix || path.startsWith(`${prefix}.`))
      .map(({ path, text }) => [path.slice(prefix.length + 1), text]),
  );
}
