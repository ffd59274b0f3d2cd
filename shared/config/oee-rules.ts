import { z } from 'zod';
import { TimeClass } from '../oee/time-class.ts';
import { DisplayName } from './sparkplug-name.ts';

const INSTANT = z.iso
  .datetime({ offset: true })
  .describe('ISO 8601 with its offset, such as 2026-03-28T06:00:00+01:00.');

const ProductId = z.string().trim().min(1).max(200);

/** A time class or a question that is asked of a state; see `StateMeaning`. */
const StateClass = z.union([TimeClass, z.enum(['by-flags', 'by-reason', 'by-order'])]);

const Product = z.strictObject({
  id: ProductId.describe('As the tag with the role product tells it.'),
  name: DisplayName.optional(),
  idealCycleMs: z.number().positive().describe('Planned run time per item, milliseconds.'),
  partsPerCount: z.number().int().min(1).optional().describe('Parts of one count; that of the machine where absent.'),
  from: INSTANT.optional().describe('Holds from then on; always where absent.'),
});

/** What the site file says of a machine's OEE, beside its ideal cycle and its tags. */
export const OEE_RULES = {
  reasonStopS: z
    .number()
    .min(0)
    .optional()
    .describe('Longer stops need a reason, seconds; 300 where absent, and never below microStopS.'),
  staleAfterS: z
    .number()
    .positive()
    .optional()
    .describe(
      'Silence of all its metrics for longer is unknown time, seconds. Only where something is sent that often.',
    ),
  unknownTime: z
    .enum(['exclude', 'hold-last', 'count-as-down'])
    .default('exclude')
    .describe('What time is taken for that is not known.'),
  workedBreak: z
    .enum(['adds-to-planned', 'plan-stands'])
    .default('adds-to-planned')
    .describe('Run in a break adds to the planned time, or the plan stands and OEE may exceed 100 %.'),
  stateFrom: z
    .enum(['state', 'run-signal', 'counts'])
    .default('state')
    .describe('What says that it runs: the tag with the role state, running, or total.'),
  idleAfterS: z.number().positive().default(60).describe('For counts: without one for longer it stands, seconds.'),
  stateMap: z.record(z.string(), StateClass).default({}).describe('Class of a state by its name, over that of PackML.'),
  products: z.array(Product).default([]),
  idealCycles: z
    .array(z.strictObject({ from: INSTANT, ms: z.number().positive(), product: ProductId.optional() }))
    .default([])
    .describe('Ideal cycles that hold from an instant on.'),
  partsPerCount: z.number().int().min(1).default(1).describe('Parts of one count, where cycles are counted.'),
  prorateGapS: z.number().positive().default(300).describe('Counts over a longer gap are shared out over run time.'),
  changeoverTargetS: z.number().min(0).optional().describe('Target of a change-over; what is longer is an overrun.'),
  neighbours: z
    .strictObject({ upstream: z.string().optional(), downstream: z.string().optional() })
    .default({})
    .describe('Machine ids; where absent those before and after it in this file.'),
};
