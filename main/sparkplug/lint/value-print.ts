import { createHash } from 'node:crypto';
import { serialize } from 'node:v8';
import type { PayloadMetric } from '../payload.ts';

const MAX_PLAIN_LENGTH = 48;

/**
 * A short text that is the same for the same value with the same properties; undefined where the value could not be
 * read. Long values are hashed, so that remembering one for each metric stays small.
 */
export function printValue(metric: PayloadMetric): string | undefined {
  const { isNull, wireKind, wireValue, properties, hasBadProperties } = metric;
  if (hasBadProperties || (wireValue === undefined && !isNull)) return undefined;
  const isPlain = typeof wireValue !== 'object' && (properties === undefined || properties.size === 0);
  if (isNull && isPlain) return 'null';
  const plain = isPlain ? `${wireKind} ${Object.is(wireValue, -0) ? '-0' : String(wireValue)}` : undefined;
  if (plain !== undefined && plain.length <= MAX_PLAIN_LENGTH) return plain;
  const whole = serialize([wireKind, isNull ? null : wireValue, properties]);
  return createHash('sha1').update(whole).digest('base64');
}
