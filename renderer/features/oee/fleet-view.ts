import type { EquipmentShift } from '../../../shared/domain/equipment-shift.ts';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import { DASH, percentText } from '../../components/number-text.ts';
import { durationText } from '../../components/time-text.ts';
import { describeMachineState } from '../machine-state/state-face.ts';
import { countOrDash } from '../shift/figure-text.ts';
import { describeUnexplained } from '../stop-reason/stop-view.ts';

export interface FleetRow {
  readonly id: string;
  readonly name: string;
  readonly shiftFromMs: number | null;
  readonly timeZone: string;
  readonly timeClass: TimeClass;
  readonly state: string;
  readonly stateFor: string;
  readonly product: string;
  readonly oee: string;
  /** Why there is no OEE. */
  readonly cause: string | null;
  readonly good: string;
  readonly target: string;
  readonly isBehind: boolean;
  /** `2 stops · 9 min`; empty when all are explained. */
  readonly unexplained: string;
  readonly mostCostly: string;
}

export function toFleetRow(shift: EquipmentShift, nowMs: number): FleetRow {
  const run = shift.products.at(-1);
  const target = shift.worm.findLast((point) => point.targetCount !== null)?.targetCount ?? null;
  const { good } = shift.counts;
  const oee = shift.factors.oee;
  return {
    id: shift.equipmentId,
    name: shift.name,
    shiftFromMs: shift.shift?.fromMs ?? null,
    timeZone: shift.timeZone,
    timeClass: shift.state.timeClass,
    state: describeMachineState(shift.state),
    stateFor: durationText(nowMs - shift.state.sinceMs),
    product: [run?.productId, run?.orderId].filter((part) => part != null).join(', ') || DASH,
    oee: oee.value === null ? DASH : percentText(oee.value),
    cause: oee.value === null ? oee.cause : null,
    good: countOrDash(good),
    target: countOrDash(target),
    isBehind: good !== null && target !== null && good < Math.floor(target),
    unexplained: describeUnexplained(shift.stops),
    mostCostly: shift.mostCostly ?? 'nothing lost yet',
  };
}
