import type { Stop } from '../../../shared/domain/equipment-shift.ts';
import { plural } from '../../components/number-text.ts';
import { durationText, exactTimeText, lengthText, timestampText, zoneText } from '../../components/time-text.ts';
import { describeMachineState, STATE_FACES } from '../machine-state/state-face.ts';

/** A stop is one of a machine from an instant; both stay when its reason changes. */
export const keyOfStop = (stop: Stop): string => `${stop.machineId} ${stop.fromMs}`;

const SOURCE_NAMES: Readonly<Record<Stop['reasonSource'], string>> = {
  plan: 'by the plan',
  machine: 'named by the machine',
  neighbour: 'told by its neighbour',
  operator: 'given by a person',
  none: 'nobody has said why',
};

export interface StopView {
  readonly key: string;
  readonly start: string;
  /** `4:18`; an open stop still grows. */
  readonly length: string;
  readonly state: string;
  /** Reason, else what the machine named, else a dash with its cause. */
  readonly why: string;
  readonly source: string;
  readonly who: string;
  readonly comment: string;
}

export function toStopView(stop: Stop, timeZone: string): StopView {
  return {
    key: keyOfStop(stop),
    start: exactTimeText(stop.fromMs, timeZone),
    length: `${lengthText(stop.toMs - stop.fromMs)}${stop.isOpen ? ' …' : ''}`,
    state: STATE_FACES[stop.timeClass].word,
    why: stop.reasonLabel ?? stop.cause ?? (stop.needsReason ? '– no reason yet' : '– nothing named'),
    source: SOURCE_NAMES[stop.reasonSource],
    who: stop.assignedBy ?? '',
    comment: stop.comment ?? '',
  };
}

/** `Failure: Label web torn, 09:17:00–09:31:00 CET, 14:00`. */
export function describeStop(stop: Stop, timeZone: string): string {
  const what = describeMachineState({ timeClass: stop.timeClass, cause: stop.reasonLabel ?? stop.cause });
  const to = stop.isOpen ? 'now' : `${exactTimeText(stop.toMs, timeZone)} ${zoneText(stop.toMs, timeZone)}`;
  return `${what}, ${exactTimeText(stop.fromMs, timeZone)}–${to}, ${lengthText(stop.toMs - stop.fromMs)}`;
}

/** Who gave the reason and when; null where nobody did. */
export function describeAssignment(stop: Stop, timeZone: string): string | null {
  if (stop.assignedBy === null || stop.assignedAtMs === null) return null;
  const comment = stop.comment === null || stop.comment === '' ? '' : `: “${stop.comment}”`;
  return `${stop.assignedBy}, ${timestampText(stop.assignedAtMs, timeZone).replace(/\.\d+$/, '')}${comment}`;
}

/** `4 stops · 13 min`; empty when everything is explained. */
export function describeUnexplained(stops: readonly Stop[]): string {
  const open = stops.filter((stop) => stop.needsReason);
  if (open.length === 0) return '';
  return `${plural(open.length, 'stop')} · ${durationText(open.reduce((sum, stop) => sum + stop.toMs - stop.fromMs, 0))}`;
}

/** Cuts by people that border on a stop: each can be taken back. */
export function cutsOf(stop: Stop, stops: readonly Stop[]): readonly number[] {
  const isNextCut = stops.some((other) => other.fromMs === stop.toMs && other.isCutAtStart);
  return [...(stop.isCutAtStart ? [stop.fromMs] : []), ...(isNextCut ? [stop.toMs] : [])];
}
