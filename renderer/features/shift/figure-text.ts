import { countText, DASH, percentText } from '../../components/number-text.ts';

export interface FigureText {
  readonly text: string;
  /** Empty where the text says it itself. */
  readonly unit: string;
}

type Unit = 'ratio' | 'ms' | 'count';

const oneDecimal = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDecimals = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** A figure as it stands on a tile: percent and minutes with one decimal, rounded from the exact value. */
export function toFigureText(value: number | null, unit: Unit): FigureText {
  if (value === null) return { text: DASH, unit: '' };
  if (unit === 'ratio') return { text: percentText(value), unit: '%' };
  if (unit === 'count')
    return { text: Number.isInteger(value) ? countText(value) : twoDecimals.format(value), unit: '' };
  if (Math.abs(value) < MINUTE_MS) return { text: oneDecimal.format(value / 1_000), unit: 's' };
  if (Math.abs(value) < 10 * HOUR_MS) return { text: minuteText(value), unit: 'min' };
  return { text: oneDecimal.format(value / HOUR_MS), unit: 'h' };
}

/** Minutes with one decimal: what the waterfall and the account speak. */
export const minuteText = (ms: number): string => oneDecimal.format(ms / MINUTE_MS);

/** `62.4 %`, `41.2 min`, `525`: for sentences and names of buttons. */
export function describeFigure(value: number | null, unit: Unit): string {
  const figure = toFigureText(value, unit);
  return figure.unit === '' ? figure.text : `${figure.text} ${figure.unit}`;
}

/** A count that no counter may say. */
export const countOrDash = (count: number | null): string => (count === null ? DASH : countText(Math.round(count)));
