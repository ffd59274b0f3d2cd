import { UnstyledButton } from '@mantine/core';
import { memo, type ReactElement } from 'react';
import { countText, DASH } from '../components/number-text.ts';
import { faceOfLoss } from './loss-color.ts';
import css from './loss-waterfall.module.css';
import type { LossUnit, WaterfallColumn } from './waterfall-series.ts';

interface Props {
  readonly columns: readonly WaterfallColumn[];
  readonly unit: LossUnit;
  readonly onExplain: (figureId: string) => void;
}

const oneDecimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** Long words may break before their ending: a column is narrow, and browsers here carry no dictionary. */
const breakable = (label: string): string => label.replace(/(\p{L}{6,})(\p{L}{4})(?!\p{L})/gu, '$1\u00ad$2');

function valueText({ value, kind }: WaterfallColumn, unit: LossUnit): string {
  if (value === null) return DASH;
  const text =
    unit === 'parts' || Math.abs(value) >= 100 ? countText(Math.abs(value)) : oneDecimal.format(Math.abs(value));
  return value !== 0 && (kind === 'loss') === value > 0 ? `−${text}` : text;
}

/** From all time down to good parts; every column says its value and opens to what it is made of. */
export const LossWaterfall = memo(function LossWaterfall({ columns, unit, onExplain }: Props): ReactElement {
  return (
    <div className={css.columns} role="group" aria-label={`Where the time went, ${unit}`}>
      {columns.map((column) => {
        const text = valueText(column, unit);
        return (
          <UnstyledButton
            key={column.id}
            className={css.column}
            data-figure={column.id}
            data-kind={column.kind}
            title={column.bigLoss === null ? 'Why?' : `${column.bigLoss}. Why?`}
            onClick={() => onExplain(column.id)}
          >
            <Bar column={column} text={text} isGood={column.id === 'productive-time'} />
            <span className={css.label}>{breakable(column.label)}</span>
          </UnstyledButton>
        );
      })}
    </div>
  );
});

const percent = (ratio: number): string => `${ratio * 100}%`;

function Bar({
  column,
  text,
  isGood,
}: {
  readonly column: WaterfallColumn;
  readonly text: string;
  readonly isGood: boolean;
}): ReactElement {
  const face = faceOfLoss(column.id);
  const color = column.kind === 'loss' ? face.color : isGood ? 'var(--ls-act)' : 'var(--ls-mark)';
  return (
    <span className={css.plot}>
      <span
        className={css.bar}
        data-outlined={column.kind === 'loss' && face.isOutlined}
        style={{
          bottom: percent(column.lowRatio),
          height: `max(2px, ${percent(column.highRatio - column.lowRatio)})`,
          backgroundColor: color,
        }}
      />
      <span className={css.value} style={{ bottom: percent(column.highRatio) }}>
        {text}
      </span>
    </span>
  );
}
