import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import css from './virtual-table.module.css';
import { toVirtualWindow } from './virtual-window.ts';

const ROW_PX = 28;

export interface Column {
  readonly title: string;
  /** CSS grid track, e.g. `minmax(120px, 2fr)`. */
  readonly track: string;
  readonly isNumber?: boolean;
}

interface Props {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rowCount: number;
  /** Cells of a row, one per column; null while it is loaded. */
  readonly cellsOf: (index: number) => readonly ReactNode[] | null;
  /** Marks a row for style and tests, e.g. `stale`. */
  readonly toneOf?: (index: number) => string | undefined;
  readonly rowTestId: string;
  /** Tells which rows are drawn; the owner loads them. */
  readonly onRange: (fromIndex: number, rowCount: number) => void;
  /** Stands in place of the rows of an empty list. */
  readonly absence: ReactNode;
}

/** A table of any length: only the rows in sight exist. Focus it and scroll with the keys. */
export function VirtualTable(props: Props): ReactElement {
  const { columns, rowCount, onRange } = props;
  const { ref: sizeRef, height } = useElementSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement>(null);
  const [scrollTopPx, setScrollTopPx] = useState(0);
  const window = toVirtualWindow(rowCount, ROW_PX, height, scrollTopPx);
  const tracks = columns.map((column) => column.track).join(' ');
  useEffect(() => onRange(window.firstIndex, window.rowCount), [onRange, window.firstIndex, window.rowCount]);
  return (
    <div className={css.table} role="table" aria-label={props.label} aria-rowcount={rowCount + 1}>
      <div role="rowgroup">
        <div className={css.head} role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
          {columns.map((column) => (
            <div key={column.title} role="columnheader" className={column.isNumber ? css.number : css.cell}>
              {column.title}
            </div>
          ))}
        </div>
      </div>
      <div
        ref={useMergedRef(sizeRef, scroller)}
        className={css.scroller}
        role="rowgroup"
        tabIndex={0}
        aria-label={`Rows: ${props.label}`}
        onScroll={(event) => setScrollTopPx(event.currentTarget.scrollTop)}
      >
        {rowCount === 0 ? (
          <div className={css.absence}>{props.absence}</div>
        ) : (
          <div className={css.content} style={{ height: window.contentPx }}>
            <div className={css.block} style={{ top: window.offsetPx }}>
              {Array.from({ length: window.rowCount }, (_none, place) => (
                <Row key={window.firstIndex + place} index={window.firstIndex + place} tracks={tracks} table={props} />
              ))}
            </div>
          </div>
        )}
      </div>
    </div>
  );
}

interface RowProps {
  readonly index: number;
  readonly tracks: string;
  readonly table: Props;
}

function Row({ index, tracks, table }: RowProps): ReactElement {
  const cells = table.cellsOf(index);
  return (
    <div
      className={css.row}
      role="row"
      aria-rowindex={index + 2}
      aria-busy={cells === null}
      data-tone={table.toneOf?.(index)}
      data-testid={table.rowTestId}
      style={{ gridTemplateColumns: tracks, height: ROW_PX }}
    >
      {table.columns.map((column, place) => (
        <div key={column.title} role="cell" className={column.isNumber ? css.number : css.cell}>
          {cells === null ? <span className={css.pending}>…</span> : cells[place]}
        </div>
      ))}
    </div>
  );
}
