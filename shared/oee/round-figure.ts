import type { Rational } from './rational.ts';

/**
 * A figure as decimal text, rounded half up from the exact fraction: only for display (oee.md 1.5). Half up means away
 * from zero: −0.05 with one decimal is −0.1.
 */
export function roundFigure({ numerator, denominator }: Rational, decimals: number): string {
  const size = numerator < 0n ? -numerator : numerator;
  const scaled = size * 10n ** BigInt(decimals);
  const rounded = (2n * scaled + denominator) / (2n * denominator);
  const digits = String(rounded).padStart(decimals + 1, '0');
  const sign = numerator < 0n && rounded > 0n ? '-' : '';
  const whole = digits.slice(0, digits.length - decimals);
  return decimals === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-decimals)}`;
}

/** A ratio in percent: 59/240 with one decimal is `24.6`. */
export const roundPercent = ({ numerator, denominator }: Rational, decimals: number): string =>
  roundFigure({ numerator: numerator * 100n, denominator }, decimals);

/** The nearest whole number, half up. */
export const roundWhole = (value: Rational): number => Number(roundFigure(value, 0));
