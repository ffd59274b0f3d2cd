import type { EngineSnapshot } from '../../../shared/domain/engine-snapshot.ts';
import { useLiveSnapshot } from '../../app/use-engine.ts';
import {
  type AttentionView,
  type FlowView,
  type MachineRowView,
  toAttentionViews,
  toFlowViews,
  toMachineRow,
} from './overview-view.ts';
import { type SamplingView, toSamplingView } from './sampling-view.ts';
import { type StageView, toStageViews } from './stage-view.ts';

export interface OverviewViews {
  readonly stages: readonly StageView[];
  readonly flows: readonly FlowView[];
  readonly attention: readonly AttentionView[];
  readonly machines: readonly MachineRowView[];
  readonly sampling: SamplingView;
  readonly snapshot: EngineSnapshot;
}

export function useOverview(): OverviewViews | null {
  const live = useLiveSnapshot();
  if (live === null) return null;
  const { snapshot, nowMs } = live;
  return {
    stages: toStageViews(snapshot, nowMs),
    flows: toFlowViews(snapshot),
    attention: toAttentionViews(snapshot.attention, snapshot.site.timeZone, nowMs),
    machines: (snapshot.oee?.machines ?? []).map((machine) => toMachineRow(machine, nowMs)),
    sampling: toSamplingView(snapshot, nowMs),
    snapshot,
  };
}
