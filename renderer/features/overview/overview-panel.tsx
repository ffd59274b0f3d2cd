import type { ReactElement } from 'react';
import type { LatencySnapshot } from '../../../shared/domain/engine-snapshot.ts';
import type { ScreenId } from '../../app/screens.ts';
import { LatencyHistogram } from '../../chart/latency-histogram.tsx';
import { Card } from '../../components/card.tsx';
import { latencyText } from '../../components/time-text.ts';
import { AttentionList } from './attention-list.tsx';
import { MachinesTable } from './machines-table.tsx';
import css from './overview-panel.module.css';
import { Pipeline } from './pipeline.tsx';
import { SamplingCard } from './sampling-card.tsx';
import { useOverview } from './use-overview.ts';

export function OverviewPanel({ onOpen }: { readonly onOpen: (screen: ScreenId) => void }): ReactElement | null {
  const views = useOverview();
  if (views === null) return null;
  const { snapshot } = views;
  return (
    <div className={css.screen} data-testid="screen-overview">
      <Pipeline stages={views.stages} flows={views.flows} onOpen={onOpen} />
      <div className={css.cards}>
        <LatencyCard isIngestHere={snapshot.isIngestHere} latency={snapshot.latency} />
        <SamplingCard view={views.sampling} sampling={snapshot.sampling} />
        <AttentionList entries={views.attention} />
      </div>
      <MachinesTable
        rows={views.machines}
        absence={
          snapshot.isIngestHere
            ? 'No machine has told its state yet: OEE starts with the first values in the historian.'
            : 'This gateway only sends: OEE is worked out where the historian is.'
        }
      />
    </div>
  );
}

function LatencyCard({
  latency,
  isIngestHere,
}: {
  readonly latency: LatencySnapshot;
  readonly isIngestHere: boolean;
}): ReactElement {
  const { toHistorian, toBroker, histogram } = latency;
  return (
    <Card title="Source to historian" note="last 15 min">
      {toHistorian === null ? (
        <p className={css.basis}>
          {isIngestHere
            ? 'No value has arrived in the historian in the last 15 minutes.'
            : 'The historian is on another computer; it is measured there.'}
        </p>
      ) : (
        <>
          <LatencyHistogram histogram={histogram} percentiles={toHistorian} />
          <p className={css.basis}>
            <Percentile name="p50" ms={toHistorian.p50Ms} /> <Percentile name="p95" ms={toHistorian.p95Ms} />{' '}
            <Percentile name="p99" ms={toHistorian.p99Ms} />{' '}
            {toBroker !== null && <span className={css.aside}>to the broker p95 {latencyText(toBroker.p95Ms)}</span>}
          </p>
        </>
      )}
    </Card>
  );
}

function Percentile({ name, ms }: { readonly name: string; readonly ms: number }): ReactElement {
  return (
    <span className={css.percentile}>
      {name} <b data-testid={`latency-${name}`}>{latencyText(ms)}</b>
    </span>
  );
}
