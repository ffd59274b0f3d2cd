import type { z } from 'zod';
import { EngineError, type EngineErrorCode } from '../platform/engine-error.ts';

/** An entry as its schema takes it. @throws EngineError of this code, naming each field that is wrong. */
export function acceptEntry<T>(schema: z.ZodType<T>, entry: unknown, code: EngineErrorCode): T {
  const parsed = schema.safeParse(entry);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new EngineError(code, `the entry is not right: ${faults.join('; ')}`, { faults });
}
