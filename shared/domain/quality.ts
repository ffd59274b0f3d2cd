import { z } from 'zod';

/** Quality of a value, from the OPC UA status code; `stale` means the source is no longer heard. */
export const Quality = z.enum(['good', 'uncertain', 'bad', 'stale']);
export type Quality = z.infer<typeof Quality>;

/**
 * Codes in the historian's `quality` column. 0, 192 and 500 are the three of Sparkplug 3.0 chapter 6; 64 is
 * the OPC DA code for uncertain, below 192, so that "good" stays `BETWEEN 192 AND 255`.
 */
const CODES: Readonly<Record<Quality, number>> = { good: 192, uncertain: 64, bad: 0, stale: 500 };

export const toQualityCode = (quality: Quality): number => CODES[quality];

/** Any stored or received code to a quality; good sub-codes of OPC DA (192 … 255) count as good. */
export function parseQualityCode(code: number): Quality {
  if (code >= 192 && code <= 255) return 'good';
  if (code === CODES.stale) return 'stale';
  return code >= 64 && code < 128 ? 'uncertain' : 'bad';
}
