import { z } from 'zod';
import { Datatype, Priority } from '../domain/metric.ts';
import { OEE_RULES } from './oee-rules.ts';
import { DisplayName, LONE_SURROGATE, MetricName, SparkplugId } from './sparkplug-name.ts';

/** What a tag means for OEE and for the screens; `value` is anything else. */
export const TagRole = z.enum([
  'state',
  'total',
  'good',
  'reject',
  'stop-reason',
  'starved',
  'blocked',
  'speed',
  'mode',
  'running',
  'product',
  'order',
  'rework',
  'value',
]);
export type TagRole = z.infer<typeof TagRole>;

/** The names of nodes are the server's: they may hold line breaks, which `.` does not match. */
const NODE_ID = /^nsu=[^;]+;[isgb]=[\s\S]+$/;

const Deadband = z
  .strictObject({
    absolute: z.number().positive().optional().describe('In the unit of the value.'),
    percent: z
      .number()
      .positive()
      .max(100)
      .optional()
      .describe('In percent of the EURange that the node has on the server, which alone judges it.'),
  })
  .refine(({ absolute, percent }) => (absolute === undefined) !== (percent === undefined), {
    message: 'takes either absolute or percent, not both',
  })
  .describe('Smallest change that is sent.');

const CounterOptions = z
  .strictObject({
    modulus: z
      .number()
      .int()
      .min(2)
      .optional()
      .describe('Number of values of the register. Where absent that of its datatype.'),
    correctionLimit: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('Largest drop that is a correction and no restart, in counts. 10 where absent.'),
    maxRatePerS: z
      .number()
      .positive()
      .optional()
      .describe('Most counts in a second: more is no rollover. From the ideal cycle where absent.'),
  })
  .describe('How a counter is read; only for the roles total, good, reject and rework.');

export const TagConfig = z.strictObject({
  node: z
    .string()
    .regex(NODE_ID, 'is not a node id by namespace URI, such as nsu=urn:plc;s=Filler.State (an index may change)')
    .refine((node) => !LONE_SURROGATE.test(node), 'is not valid UTF-8: no server can have this node')
    .describe('OPC UA node id with its namespace URI.'),
  metric: MetricName.describe('Sparkplug metric name, unique in its machine.'),
  datatype: Datatype,
  role: TagRole.default('value'),
  sampling: z.string().default('normal').describe('Name of a sampling class.'),
  deadband: Deadband.optional(),
  priority: Priority.optional().describe(
    'Normal where absent. After an outage high is sent first; a full buffer drops low first, high last.',
  ),
  writable: z
    .boolean()
    .optional()
    .describe('Sparkplug commands (DCMD) may write it; no tag takes writes that does not say so.'),
  unit: z.string().max(20).optional().describe('Engineering unit, for display.'),
  counter: CounterOptions.optional(),
});
export type TagConfig = z.infer<typeof TagConfig>;

export const MachineConfig = z.strictObject({
  id: SparkplugId.describe('Sparkplug device id; the work cell of ISA-95.'),
  name: DisplayName.optional().describe('Name on screens; the id where absent.'),
  server: z.string().describe('Id of the OPC UA server that has its tags.'),
  idealCycleMs: z.number().positive().optional().describe('Planned run time per item, milliseconds.'),
  microStopS: z.number().min(0).default(60).describe('Stops up to this length are performance loss, seconds.'),
  targetOeePercent: z.number().min(0).max(100).default(80),
  isBottleneck: z.boolean().default(false).describe('The machine whose ideal cycle is the ideal of the line.'),
  ...OEE_RULES,
  tags: z.array(TagConfig).min(1),
});
export type MachineConfig = z.infer<typeof MachineConfig>;

export const WALL_TIME = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time of day such as 06:00');

export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

export const ShiftConfig = z.strictObject({
  name: DisplayName,
  days: z.array(Weekday).min(1),
  from: WALL_TIME.describe('Local start, in the time zone of the site.'),
  to: WALL_TIME.describe('Local end; not after the start means the next day.'),
  breaks: z.array(z.strictObject({ name: DisplayName, from: WALL_TIME, to: WALL_TIME })).default([]),
});
export type ShiftConfig = z.infer<typeof ShiftConfig>;
