import { type ReactElement, type ReactNode, useCallback } from 'react';
import { Notice } from '../../components/notice.tsx';
import { countText } from '../../components/number-text.ts';
import { SearchField } from '../../components/search-field.tsx';
import { StatStrip } from '../../components/stat-strip.tsx';
import { type Column, VirtualTable } from '../../components/virtual-table.tsx';
import { QualityMark } from '../value-quality/quality-mark.tsx';
import { LossLedger } from './loss-ledger.tsx';
import css from './queue-panel.module.css';
import { QueueTools } from './queue-tools.tsx';
import { toLossViews, toQueueRowView, toQueueStats, toReplayText } from './queue-view.ts';
import { useQueue } from './use-queue.ts';

const COLUMNS: readonly Column[] = [
  { title: 'State', track: '72px' },
  { title: 'Class', track: '72px' },
  { title: 'Time', track: '176px' },
  { title: 'Machine', track: 'minmax(88px, 1fr)' },
  { title: 'Metric', track: 'minmax(120px, 2fr)' },
  { title: 'Value', track: 'minmax(96px, 1.4fr)', isNumber: true },
  { title: 'Type', track: '72px' },
  { title: 'Quality', track: '104px' },
];

export function QueuePanel(): ReactElement | null {
  const queue = useQueue();
  const timeZone = queue.live?.snapshot.site.timeZone ?? 'UTC';
  const { rowAt } = queue.pages;
  const cellsOf = useCallback(
    (index: number): readonly ReactNode[] | null => {
      const row = rowAt(index);
      if (row === undefined) return null;
      const view = toQueueRowView(row, timeZone);
      return [
        <span className={view.isWaiting ? css.waiting : css.sent}>{view.state}</span>,
        <span className={css.sent}>{view.priority}</span>,
        view.time,
        view.machine,
        view.metric,
        <span title={view.value}>{view.value}</span>,
        <span className={css.sent}>{view.datatype}</span>,
        <QualityMark quality={view.quality} />,
      ];
    },
    [rowAt, timeZone],
  );
  if (queue.live === null) return null;
  const { snapshot, nowMs } = queue.live;
  const { rowCount, failure } = queue.pages.state;
  const isSearching = queue.search.trim() !== '' || queue.only.state !== null || queue.only.priority !== null;
  return (
    <div className={css.screen} data-testid="screen-queue">
      <StatStrip label="The forward buffer" stats={toQueueStats(snapshot, nowMs)} />
      <LossLedger losses={toLossViews(queue.losses, timeZone)} failure={queue.lossFailure} />
      <div className={css.tools}>
        <SearchField
          label="Search machine or metric"
          value={queue.search}
          onChange={queue.setSearch}
          testId="queue-search"
        />
        <QueueTools only={queue.only} onOnly={queue.setOnly} sendAgain={queue.sendAgain} />
        <span className={css.count} data-testid="queue-count">
          {rowCount === null
            ? 'reading…'
            : `${countText(rowCount)} ${isSearching ? 'found' : 'in the buffer'}, oldest first`}
        </span>
        <span className={css.replay}>{toReplayText(snapshot)}</span>
      </div>
      {failure !== null && <Notice tone="look">The rows could not be read: {failure} Trying again each second.</Notice>}
      <VirtualTable
        label="Rows in the forward buffer"
        columns={COLUMNS}
        rowCount={rowCount ?? 0}
        cellsOf={cellsOf}
        rowTestId="queue-row"
        onRange={queue.pages.onRange}
        absence={
          rowCount === null
            ? 'Reading the buffer…'
            : isSearching
              ? 'No row in the buffer fits this search.'
              : 'The buffer is empty: everything that was read has arrived.'
        }
      />
    </div>
  );
}
