import { z } from 'zod';

/** One step of a check of an address (`lineside check`); the first step that is not ok ends the check. */
export const ProbeStep = z.object({
  step: z.string().describe('Short name: dns, tcp, tls, connack, round-trip …'),
  ok: z.boolean(),
  /** What was seen works, and a person should look at it all the same. */
  isOdd: z.boolean().optional(),
  /** Not tried, because of what was found before; then it is neither good nor bad. */
  isSkipped: z.boolean().optional(),
  /** What was seen, a line each: addresses, times, a chain. */
  facts: z.array(z.string()).optional(),
  /** Failure code, `stage/what-is-wrong`; only when not ok. */
  code: z.string().optional(),
  /** One sentence: what was seen. */
  text: z.string(),
  /** What to do about it; only when not ok. */
  nextStep: z.string().optional(),
});
export type ProbeStep = z.infer<typeof ProbeStep>;
