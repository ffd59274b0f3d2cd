import type { Attention, EngineSnapshot } from '../../../shared/domain/engine-snapshot.ts';
import type { EquipmentOee, Factor } from '../../../shared/domain/oee-snapshot.ts';
import type { TimeClass } from '../../../shared/oee/time-class.ts';
import { DASH, percentText, rateText } from '../../components/number-text.ts';
import { durationText, exactTimeText } from '../../components/time-text.ts';
import { describeMachineState } from '../machine-state/state-face.ts';

export interface FlowView {
  /** What flows between the stages left and right of it. */
  readonly label: string;
  readonly rate: string;
  readonly isFlowing: boolean;
}

/** The five roads between the six stages, in order. */
export function toFlowViews({ servers, mapping, broker, ingest, historian }: EngineSnapshot): readonly FlowView[] {
  const changesPerS = servers.reduce((total, server) => total + server.changesPerS, 0);
  const flow = (label: string, perS: number): FlowView => ({ label, rate: rateText(perS), isFlowing: perS > 0 });
  return [
    flow('Changes from the servers', changesPerS),
    flow('Changes into the buffer', mapping.changesPerS),
    flow('Rows sent to the broker', broker.sentPerS),
    flow('Rows received', ingest.receivedPerS),
    flow('Rows stored', historian.rowsPerS),
  ];
}

export interface AttentionView {
  readonly key: string;
  readonly isBroken: boolean;
  readonly text: string;
  readonly since: string | null;
  readonly nextStep: string;
  readonly code: string;
}

/** What needs a look, broken things first, within them the oldest first. */
export function toAttentionViews(
  attention: readonly Attention[],
  timeZone: string,
  nowMs: number,
): readonly AttentionView[] {
  return [...attention]
    .sort((one, other) => rank(one) - rank(other) || one.sinceMs - other.sinceMs)
    .map((entry, index) => ({
      key: `${entry.stage} ${entry.code} ${index}`,
      isBroken: entry.severity === 'broken',
      text: entry.text,
      // 0 stands for "not known since when".
      since:
        entry.sinceMs > 0
          ? `since ${exactTimeText(entry.sinceMs, timeZone)}, ${durationText(nowMs - entry.sinceMs)}`
          : null,
      nextStep: entry.nextStep,
      code: entry.code,
    }));
}

const rank = (entry: Attention): number => (entry.severity === 'broken' ? 0 : 1);

export interface MachineRowView {
  readonly id: string;
  readonly name: string;
  readonly timeClass: TimeClass;
  readonly state: string;
  readonly since: string;
  readonly oee: string;
  readonly availability: string;
  readonly performance: string;
  readonly quality: string;
  /** Most costly loss; where OEE is missing, the reason why. */
  readonly remark: string;
  readonly isRemarkQuiet: boolean;
  readonly coverage: string;
  readonly isCoverageLow: boolean;
}

/** Below this share of known time a figure is marked: it stands on too little. */
const LOW_COVERAGE_RATIO = 0.95;

export function toMachineRow(machine: EquipmentOee, nowMs: number): MachineRowView {
  const { availability, performance, quality, oee } = machine.factors;
  const figure = (factor: Factor): string => (factor.value === null ? DASH : percentText(factor.value));
  return {
    id: machine.equipmentId,
    name: machine.name,
    timeClass: machine.state.timeClass,
    state: describeMachineState(machine.state),
    since: durationText(nowMs - machine.state.sinceMs),
    oee: oee.value === null ? DASH : `${percentText(oee.value)} %`,
    availability: figure(availability),
    performance: figure(performance),
    quality: figure(quality),
    remark: oee.value === null ? (oee.cause ?? 'no value yet') : (machine.mostCostly ?? 'nothing lost yet'),
    isRemarkQuiet: oee.value === null || machine.mostCostly === null,
    coverage: machine.coverageRatio === null ? DASH : `${percentText(machine.coverageRatio)} %`,
    isCoverageLow: machine.coverageRatio !== null && machine.coverageRatio < LOW_COVERAGE_RATIO,
  };
}
