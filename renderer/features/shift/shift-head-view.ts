import type { EquipmentShift, ShiftHead } from '../../../shared/domain/equipment-shift.ts';
import { percentText } from '../../components/number-text.ts';
import { dayText, durationText, exactTimeText, timeOfDayText, zoneText } from '../../components/time-text.ts';

export interface PhaseView {
  readonly text: string;
  /** What it means, when and why it changed, and what was signed before. */
  readonly detail: string;
  readonly isRevised: boolean;
}

/** Badge of a shift: nobody may take numbers that can still move for final ones, or revised ones for signed ones. */
export function toPhaseView(head: ShiftHead, timeZone: string): PhaseView {
  const signed = describeSignature(head, timeZone);
  switch (head.phase) {
    case 'running':
      return {
        text: 'to date',
        detail: `The shift runs until ${timeOfDayText(head.toMs, timeZone)}.`,
        isRevised: false,
      };
    case 'provisional':
      return {
        text: 'provisional',
        detail: `The shift has ended; late data may still change it.${signed}`,
        isRevised: false,
      };
    case 'final':
      return { text: 'final', detail: `Settled, revision ${head.revision}.${signed}`, isRevised: false };
    case 'revised': {
      const when = head.revisedAtMs === null ? '' : ` at ${momentOf(head.revisedAtMs, timeZone)}`;
      const because = head.revisedBecause === null ? '' : `: ${head.revisedBecause}`;
      return {
        text: `revised, no. ${head.revision}`,
        detail: `Changed after it was final${when}${because}.${signed}`,
        isRevised: true,
      };
    }
  }
}

function describeSignature({ signature, revision }: ShiftHead, timeZone: string): string {
  if (signature === null) return '';
  const figure = signature.oee === null ? 'without an OEE' : `OEE ${percentText(signature.oee)} %`;
  const before = signature.revision === revision ? '' : `, revision ${signature.revision} then`;
  return ` Signed by ${signature.by} at ${momentOf(signature.atMs, timeZone)}: ${figure}${before}.`;
}

const momentOf = (atMs: number, timeZone: string): string =>
  `${dayText(atMs, timeZone)} ${timeOfDayText(atMs, timeZone)}`;

/** `Early, Mon 23 Nov, 06:00–14:00 CET, 8 h`: local, in true length; both zones where the clock changes inside. */
export function describeShift(head: ShiftHead, timeZone: string): string {
  const [fromZone, toZone] = [zoneText(head.fromMs, timeZone), zoneText(head.toMs, timeZone)];
  const from = `${timeOfDayText(head.fromMs, timeZone)}${fromZone === toZone ? '' : ` ${fromZone}`}`;
  const range = `${from}–${timeOfDayText(head.toMs, timeZone)} ${toZone}`;
  return `${head.name}, ${dayText(head.fromMs, timeZone)}, ${range}, ${durationText(head.toMs - head.fromMs)}`;
}

/** After this time without new numbers of a running shift the page says how old they are. */
const OLD_AFTER_MS = 20_000;

/** `as of 10:46:18 CET`, and whether that is so long ago that it must be seen. */
export function toFreshness(shift: EquipmentShift, nowMs: number): { readonly text: string; readonly isOld: boolean } {
  const ageMs = nowMs - shift.takenAtMs;
  const isOld = (shift.shift === null || shift.shift.phase === 'running') && ageMs > OLD_AFTER_MS;
  const time = `${exactTimeText(shift.takenAtMs, shift.timeZone)} ${zoneText(shift.takenAtMs, shift.timeZone)}`;
  return { text: isOld ? `as of ${time}, ${durationText(ageMs)} ago` : `as of ${time}`, isOld };
}
