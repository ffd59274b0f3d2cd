import { type ReactElement, type ReactNode, useCallback } from 'react';
import { Notice } from '../../components/notice.tsx';
import { DASH, plural } from '../../components/number-text.ts';
import { SearchField } from '../../components/search-field.tsx';
import { StatStrip } from '../../components/stat-strip.tsx';
import { type Column, VirtualTable } from '../../components/virtual-table.tsx';
import { QualityMark } from '../value-quality/quality-mark.tsx';
import css from './tags-panel.module.css';
import { toServerStats, toTagRowView } from './tags-view.ts';
import { useTags } from './use-tags.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Machine', track: 'minmax(88px, 0.8fr)' },
  { title: 'Metric', track: 'minmax(128px, 1.4fr)' },
  { title: 'Value now', track: 'minmax(112px, 1fr)', isNumber: true },
  { title: 'Quality', track: '104px' },
  { title: 'Age', track: '72px', isNumber: true },
  { title: 'Type', track: '72px' },
  { title: 'Role', track: '88px' },
  { title: 'Node', track: 'minmax(120px, 1.6fr)' },
];

export function TagsPanel({ search }: { readonly search: string }): ReactElement | null {
  const tags = useTags(search);
  const nowMs = tags.live?.nowMs ?? 0;
  const { rowAt, onRange, state } = tags.pages;
  const cellsOf = useCallback(
    (index: number): readonly ReactNode[] | null => {
      const row = rowAt(index);
      if (row === undefined) return null;
      const view = toTagRowView(row, nowMs);
      return [
        view.machine,
        view.metric,
        <span className={css.value} data-tone={view.tone} title={view.value}>
          {view.value}
          {view.unit !== '' && <span className={css.unit}> {view.unit}</span>}
        </span>,
        view.quality === null ? <span className={css.quiet}>{DASH}</span> : <QualityMark quality={view.quality} />,
        <span className={css.age} data-tone={view.tone}>
          {view.age}
        </span>,
        <span className={css.quiet}>{view.datatype}</span>,
        <span className={css.quiet}>{view.role}</span>,
        <span className={css.quiet} title={view.node}>
          {view.node}
        </span>,
      ];
    },
    [rowAt, nowMs],
  );
  const toneOf = useCallback(
    (index: number) => {
      const row = rowAt(index);
      if (row === undefined) return undefined;
      const { tone } = toTagRowView(row, nowMs);
      return tone === 'bad' ? 'broken' : tone === 'stale' ? 'look' : undefined;
    },
    [rowAt, nowMs],
  );
  if (tags.live === null) return null;
  const isSearching = tags.search.trim() !== '';
  return (
    <div className={css.screen} data-testid="screen-tags">
      <StatStrip label="Servers" stats={toServerStats(tags.live.snapshot, nowMs)} />
      <div className={css.tools}>
        <SearchField
          label="Search machine, metric or node"
          value={tags.search}
          onChange={tags.setSearch}
          testId="tags-search"
        />
        <span data-testid="tags-count">
          {state.rowCount === null ? 'reading…' : `${plural(state.rowCount, 'tag')}${isSearching ? ' found' : ''}`}
        </span>
      </div>
      {state.failure !== null && (
        <Notice tone="look">The tags could not be read: {state.failure} Trying again each second.</Notice>
      )}
      <VirtualTable
        label="Tags with their last values"
        columns={COLUMNS}
        rowCount={state.rowCount ?? 0}
        cellsOf={cellsOf}
        toneOf={toneOf}
        rowTestId="tag-row"
        onRange={onRange}
        absence={
          state.rowCount === null
            ? 'Reading the tags…'
            : isSearching
              ? 'No tag fits this search.'
              : 'The site file names no tag.'
        }
      />
    </div>
  );
}
