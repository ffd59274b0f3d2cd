import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import type { EquipmentOee, OeeSnapshot } from '../../../shared/domain/oee-snapshot.ts';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import { DASH, percentText } from '../../components/number-text.ts';
import { durationText, exactTimeText, stopwatchText, zoneText } from '../../components/time-text.ts';
import { STATE_FACES } from '../machine-state/state-face.ts';
import { countOrDash } from '../shift/figure-text.ts';
import { toPhaseView } from '../shift/shift-head-view.ts';

export interface AndonView {
  readonly equipmentId: string;
  readonly name: string;
  readonly timeClass: TimeClass;
  readonly letter: string;
  readonly word: string;
  /** `00:03:12`, counting. */
  readonly timer: string;
  readonly changedAt: string;
  /** The machine that holds the line up, with what it does; null while none does. */
  readonly stopper: string | null;
  readonly oee: string;
  readonly oeeCause: string | null;
  readonly isOeeBelow: boolean;
  readonly target: string;
  readonly phase: string;
  readonly good: string;
  readonly goodTarget: string;
  readonly isBehind: boolean;
  readonly machines: readonly { readonly id: string; readonly name: string; readonly timeClass: TimeClass }[];
  /** Said when nothing new comes: what stands here may be over. */
  readonly silence: string | null;
}

const SILENT_AFTER_MS = 5_000;

/** A stop of the machine's own; starved and blocked ones wait for another. */
const OWN_STOPS: readonly TimeClass[] = ['failure', 'unassigned', 'setup', 'short-stop', 'no-order'];

/** The machine whose own stop began first: the others wait for it. */
export function findStopper(machines: readonly EquipmentOee[]): EquipmentOee | null {
  const stopped = machines.filter((machine) => OWN_STOPS.includes(machine.state.timeClass));
  return stopped.reduce<EquipmentOee | null>(
    (first, machine) => (first === null || machine.state.sinceMs < first.state.sinceMs ? machine : first),
    null,
  );
}

interface AndonFacts {
  readonly oee: OeeSnapshot;
  /** The shift of the line; null until it is read. */
  readonly shift: EquipmentShift | null;
  readonly timeZone: string;
  readonly nowMs: number;
  readonly silentMs: number;
}

export function toAndonView({ oee, shift, timeZone, nowMs, silentMs }: AndonFacts): AndonView | null {
  const line = oee.line ?? oee.machines[0];
  if (line === undefined) return null;
  const isSilent = silentMs > SILENT_AFTER_MS;
  // Nothing is known of a line that nobody hears: not that it runs, and not that it stands.
  const timeClass = isSilent ? 'unknown' : line.state.timeClass;
  const face = STATE_FACES[timeClass];
  const stopper = timeClass === 'run' || isSilent ? null : findStopper(oee.machines);
  const factor = shift?.factors.oee ?? { value: null, cause: 'reading the shift' };
  const good = shift?.counts.good ?? null;
  const goodTarget = shift?.worm.findLast((point) => point.targetCount !== null)?.targetCount ?? null;
  return {
    equipmentId: line.equipmentId,
    name: line.name,
    timeClass,
    letter: face.letter === '' ? 'M' : face.letter,
    word: face.word,
    timer: stopwatchText(isSilent ? silentMs : nowMs - line.state.sinceMs),
    changedAt: `since ${exactTimeText(isSilent ? nowMs - silentMs : line.state.sinceMs, timeZone)} ${zoneText(nowMs, timeZone)}`,
    stopper:
      stopper === null ? null : `${stopper.name}: ${stopper.state.cause ?? STATE_FACES[stopper.state.timeClass].word}`,
    oee: factor.value === null ? DASH : percentText(factor.value),
    oeeCause: factor.value === null ? factor.cause : null,
    isOeeBelow: factor.value !== null && factor.value < (shift?.targetRatio ?? 0),
    target: shift === null ? '' : `target ${percentText(shift.targetRatio).replace(/\.0$/, '')} %`,
    phase: shift?.shift == null ? 'no shift now' : `${shift.shift.name}, ${toPhaseView(shift.shift, timeZone).text}`,
    good: countOrDash(good),
    goodTarget: countOrDash(goodTarget),
    isBehind: good !== null && goodTarget !== null && good < Math.floor(goodTarget),
    machines: oee.machines.map((machine) => ({
      id: machine.equipmentId,
      name: machine.name,
      timeClass: isSilent ? 'unknown' : machine.state.timeClass,
    })),
    silence: isSilent ? `Nothing heard for ${durationText(silentMs)}` : null,
  };
}
