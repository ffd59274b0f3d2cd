import type { Kpi } from '../domain/equipment-shift.ts';
import type { Rational } from '../oee/rational.ts';
import { spanText } from './report-time.ts';

/** What stands where there is no value; its cause stands beside it. */
export const DASH = '–';

/** Digits of a percentage in everything that leaves the program (oee.md 1.5). */
const PERCENT_DIGITS = 2;

/** `59/240` or `3` as a fraction, null for any other text. */
export function parseExact(text: string | null): Rational | null {
  const [, numerator, denominator = '1'] = /^(-?\d+)(?:\/(\d+))?$/.exec(text?.trim() ?? '') ?? [];
  if (numerator === undefined || /^0+$/.test(denominator)) return null;
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

/** A fraction in percent, half up from the exact value: no double stands between. */
export function percentOf({ numerator, denominator }: Rational, digits: number = PERCENT_DIGITS): string {
  const isNegative = numerator < 0n;
  const scaled = (isNegative ? -numerator : numerator) * 100n * 10n ** BigInt(digits);
  const rounded = (2n * scaled + denominator) / (2n * denominator);
  const figures = rounded.toString().padStart(digits + 1, '0');
  const text = digits === 0 ? figures : `${figures.slice(0, -digits)}.${figures.slice(-digits)}`;
  return isNegative && rounded > 0n ? `−${text}` : text;
}

/** A ratio as a double in percent. */
export const ratioText = (ratio: number | null, digits: number = PERCENT_DIGITS): string =>
  ratio === null ? DASH : `${(ratio * 100).toFixed(digits)} %`;

/** Value of a figure with its unit: `74.79 %`, `0:12:30`, `4`; a dash where there is none. */
export function figureText({ value, unit, exact }: Pick<Kpi, 'value' | 'unit' | 'exact'>): string {
  if (value === null) return DASH;
  if (unit === 'ms') return spanText(value);
  if (unit === 'count') return countText(value);
  const fraction = parseExact(exact);
  return fraction === null ? ratioText(value) : `${percentOf(fraction)} %`;
}

/** Parts without separators, two decimals at most (counts of a gap are shared out). */
export const countText = (count: number | null): string =>
  count === null ? DASH : String(Math.round(count * 100) / 100).replace('-', '−');
