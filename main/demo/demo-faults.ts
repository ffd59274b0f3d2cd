import { z } from 'zod';
import { EngineError } from '../platform/engine-error.ts';

const Machine = z.enum(['Filler', 'Capper', 'Labeller', 'Palletiser']);
const durationS = z.number().positive().max(3_600).describe('Seconds of the line, not divided by the speed factor.');

/** What can be done to the demo line on command, to see what the gateway makes of it. */
export const DemoFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('jam'), machine: Machine, durationS }),
  z.strictObject({ kind: z.literal('slow-cycle'), machine: Machine, factor: z.number().min(1).max(20), durationS }),
  z.strictObject({
    kind: z.literal('bad-sensor'),
    machine: Machine,
    signal: z.enum(['Temperature', 'Pressure', 'Speed']),
    durationS,
  }),
  z.strictObject({
    kind: z.literal('server-pause'),
    durationS: z.number().positive().max(300).describe('Wall-clock seconds in which the server answers nothing.'),
  }),
  z
    .strictObject({ kind: z.literal('load-stop') })
    .describe('Ends the load generator for good; ramps keep their value.'),
]);
export type DemoFault = z.infer<typeof DemoFault>;

/** Faults of the line itself; the others are faults of its server. */
export type LineFault = Exclude<DemoFault, { kind: 'server-pause' | 'load-stop' }>;

/**
 * A fault written as JSON, e.g. `{"kind":"jam","machine":"Filler","durationS":30}`.
 *
 * @throws EngineError `demo/fault-unknown` that says what is wrong with the text.
 */
export function parseDemoFault(text: string): DemoFault {
  let candidate: unknown;
  try {
    candidate = JSON.parse(text);
  } catch (cause) {
    throw new EngineError('demo/fault-unknown', `"${text}" is not a fault: it is not JSON.`, {}, { cause });
  }
  const parsed = DemoFault.safeParse(candidate);
  if (parsed.success) return parsed.data;
  const reasons = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'kind'}: ${issue.message}`);
  throw new EngineError('demo/fault-unknown', `"${text}" is not a fault: ${reasons.join('; ')}.`);
}
