import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { shortCountText } from '../components/number-text.ts';
import { durationText, timeOfDayText } from '../components/time-text.ts';
import type { EngineState } from './engine-store.ts';

/** A snapshot comes a few times a second; after this time without one the screen says how old it is. */
export const SILENT_AFTER_MS = 5_000;

/** `Acme / SITE01 / Packaging / LINE01`: the levels of ISA-95 above the machines. */
export const toSitePath = ({ site }: EngineSnapshot): string =>
  [site.enterprise, site.site, site.area, site.line].join(' / ');

/** `Early shift 06:00–14:00, 3 h 12 min left`; says so where no shift runs. */
export function toShiftText({ oee, site }: EngineSnapshot, nowMs: number): string {
  if (oee === null) return '';
  const { shift } = oee;
  if (shift === null) return 'no shift now';
  const name = /shift/i.test(shift.name) ? shift.name : `${shift.name} shift`;
  const range = `${timeOfDayText(shift.fromMs, site.timeZone)}–${timeOfDayText(shift.toMs, site.timeZone)}`;
  return `${name} ${range}, ${nowMs < shift.toMs ? `${durationText(shift.toMs - nowMs)} left` : 'over'}`;
}

/** Waiting rows from which the navigation shows them: fewer are on their way, not waiting for anything. */
export const toQueueBadge = ({ buffer, sampling, broker }: EngineSnapshot): string | null =>
  buffer.waitingCount >= sampling.deactivateAtRows || (broker.session !== 'born' && buffer.waitingCount > 0)
    ? shortCountText(buffer.waitingCount)
    : null;

export interface EngineText {
  readonly text: string;
  readonly tone: 'calm' | 'look' | 'broken';
}

export function toEngineText(state: EngineState, silentMs: number): EngineText {
  switch (state.phase) {
    case 'starting':
      return { text: 'starting', tone: 'calm' };
    case 'failed':
      return { text: 'not started', tone: 'broken' };
    case 'restarting':
      return { text: 'failed, starts again', tone: 'broken' };
    case 'running':
      return silentMs > SILENT_AFTER_MS
        ? { text: `silent for ${durationText(silentMs)}`, tone: 'look' }
        : { text: 'running', tone: 'calm' };
  }
}
