import { type ReactElement, useCallback } from 'react';
import type { SampleLine } from '../../../shared/domain/oee-explanation.ts';
import { Notice } from '../../components/notice.tsx';
import { countText } from '../../components/number-text.ts';
import { type Column, VirtualTable } from '../../components/virtual-table.tsx';
import css from './explain-drawer.module.css';
import { isGoodQuality, type Piece, toPieceView, toSampleCells } from './explain-view.ts';
import { MAX_SAMPLES, useSamples } from './use-explanation.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Source time', track: '138px' },
  { title: 'Received', track: '194px' },
  { title: 'Metric', track: 'minmax(110px, 2fr)' },
  { title: 'Value', track: 'minmax(64px, 1fr)', isNumber: true },
  { title: 'Quality', track: '104px' },
];

interface Props {
  readonly equipmentId: string;
  readonly piece: Piece;
  readonly timeZone: string;
}

const NO_LOADING = (): void => {};

/** The raw samples of a piece, as the historian holds them. */
export function SampleList({ equipmentId, piece, timeZone }: Props): ReactElement {
  const answer = useSamples(equipmentId, piece);
  const view = toPieceView(piece, timeZone);
  const title = `Raw samples of “${view.label}”, ${view.time}`;
  return (
    <section aria-label={title} className={css.samples}>
      <h4 className={css.samplesTitle}>{title}</h4>
      {answer.phase === 'waiting' && <p className={css.quiet}>Reading the samples …</p>}
      {answer.phase === 'failed' && <Notice tone="look">{answer.text}</Notice>}
      {answer.phase === 'there' && <Rows samples={answer.value} timeZone={timeZone} />}
    </section>
  );
}

function Rows({
  samples,
  timeZone,
}: {
  readonly samples: readonly SampleLine[];
  readonly timeZone: string;
}): ReactElement {
  const cellsOf = useCallback(
    (index: number) => {
      const sample = samples[index];
      return sample === undefined ? null : toSampleCells(sample, timeZone);
    },
    [samples, timeZone],
  );
  return (
    <>
      <div className={css.sampleTable}>
        <VirtualTable
          label="Raw samples"
          columns={COLUMNS}
          rowCount={samples.length}
          cellsOf={cellsOf}
          toneOf={(index) => (isGoodQuality(samples[index]?.quality ?? 'good') ? undefined : 'look')}
          rowTestId="sample-row"
          onRange={NO_LOADING}
          absence="No sample in this time, and none before it."
        />
      </div>
      {samples.length >= MAX_SAMPLES && <p className={css.quiet}>The first {countText(MAX_SAMPLES)} are shown.</p>}
    </>
  );
}
