/**
 * Exact fractions. OEE figures are quotients of whole milliseconds and parts; they are rounded once, when
 * shown. Multiplying rounded factors is how published examples come to a wrong last digit (oee.md 1.5).
 */
export interface Rational {
  readonly numerator: bigint;
  /** Always positive. */
  readonly denominator: bigint;
}

export const ZERO: Rational = { numerator: 0n, denominator: 1n };

/** Bits of the quotient when a number is too long for one division of doubles; a double has 53. */
const QUOTIENT_BITS = 80n;
const EXACT_LIMIT = BigInt(Number.MAX_SAFE_INTEGER);

/** The decimal that is written, not the nearest double: 0.7 becomes 7/10. `value` must be finite. */
export function toRational(value: number): Rational {
  if (Number.isSafeInteger(value)) return { numerator: BigInt(value), denominator: 1n };
  const [mantissa = '0', exponent = '0'] = value.toString().split('e');
  const [whole = '0', decimals = ''] = mantissa.split('.');
  const shift = Number(exponent) - decimals.length;
  const digits = BigInt(whole + decimals);
  return shift >= 0
    ? { numerator: digits * 10n ** BigInt(shift), denominator: 1n }
    : reduce(digits, 10n ** BigInt(-shift));
}

export const add = (a: Rational, b: Rational): Rational =>
  reduce(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

export const multiply = (a: Rational, b: Rational): Rational =>
  reduce(a.numerator * b.numerator, a.denominator * b.denominator);

/** `b` must not be zero. */
export function divide(a: Rational, b: Rational): Rational {
  const sign = b.numerator < 0n ? -1n : 1n;
  return reduce(sign * a.numerator * b.denominator, sign * b.numerator * a.denominator);
}

export const isZero = (a: Rational): boolean => a.numerator === 0n;

/** The double nearest to the fraction, as far as a double can say it. */
export function toNumber({ numerator, denominator }: Rational): number {
  const size = numerator < 0n ? -numerator : numerator;
  if (size <= EXACT_LIMIT && denominator <= EXACT_LIMIT) return Number(numerator) / Number(denominator);
  return Number((numerator << QUOTIENT_BITS) / denominator) / 2 ** Number(QUOTIENT_BITS);
}

function reduce(numerator: bigint, denominator: bigint): Rational {
  let a = numerator < 0n ? -numerator : numerator;
  let b = denominator;
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? ZERO : { numerator: numerator / a, denominator: denominator / a };
}

export const subtract = (a: Rational, b: Rational): Rational =>
  add(a, { numerator: -b.numerator, denominator: b.denominator });

/** `59/240` in lowest terms; whole numbers have no denominator. */
export const toText = ({ numerator, denominator }: Rational): string =>
  denominator === 1n ? String(numerator) : `${numerator}/${denominator}`;
