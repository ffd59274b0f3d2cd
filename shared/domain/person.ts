import { z } from 'zod';
import { DisplayName } from '../config/sparkplug-name.ts';

/** What a person may do: look; also assign reasons and sign shifts; also change the configuration. */
export const PersonRole = z.enum(['viewer', 'operator', 'engineer']);
export type PersonRole = z.infer<typeof PersonRole>;

/** Someone who assigns reasons, signs shifts or changes the configuration. */
export const Person = z.strictObject({
  /** Stands in assignments and signatures for ever; never given to somebody else. */
  personId: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'may hold a-z, 0-9, dot, _ and - (at most 64)'),
  name: DisplayName,
  role: PersonRole,
  /** Has no part in anything new since then; null for those who have. */
  retiredAtMs: z.number().int().nullable(),
});
export type Person = z.infer<typeof Person>;
