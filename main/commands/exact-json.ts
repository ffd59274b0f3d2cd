import { z } from 'zod';
import { divide, type Rational } from '../../shared/oee/rational.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** More digits than any measurement has; 1e999999999 would be a number that fills the memory. */
const MAX_EXPONENT = 1_000;
const MAX_DIGITS = 1_000;

/** The decimal that a text writes, exactly; null when it writes none. */
function parseDecimal(text: string): Rational | null {
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = DECIMAL.exec(text.trim()) ?? [];
  if (whole === '' || whole.length + decimals.length > MAX_DIGITS || Math.abs(Number(exponent)) > MAX_EXPONENT)
    return null;
  const shift = Number(exponent) - decimals.length;
  const digits = BigInt(`${sign === '-' ? '-' : ''}${whole}${decimals}`);
  if (shift >= 0) return { numerator: digits * 10n ** BigInt(shift), denominator: 1n };
  return divide({ numerator: digits, denominator: 1n }, { numerator: 10n ** BigInt(-shift), denominator: 1n });
}

/** A string, which is left alone, or a number. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * JSON whose numbers are the texts they were written as: 9007199254740993 and 0.1 are what they say.
 * @throws EngineError `oee/input-not-json`
 */
export function parseExactJson(text: string, name: string): unknown {
  try {
    JSON.parse(text);
  } catch (cause) {
    const why = describeError(cause);
    throw new EngineError('oee/input-not-json', `${name} is not JSON: ${why}; correct it and try again`, {}, { cause });
  }
  return JSON.parse(text.replace(STRING_OR_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`)));
}

/** A number or decimal text that is not negative, exact. */
export const ExactAmount = z.unknown().transform((value, context): Rational => {
  const amount = typeof value === 'string' ? parseDecimal(value) : null;
  if (amount !== null && amount.numerator >= 0n) return amount;
  const what = amount === null ? 'is not a finite number or decimal text such as 0.75' : 'is negative';
  context.addIssue({ code: 'custom', message: value === undefined ? 'is missing' : what });
  return z.NEVER;
});
