import { z } from 'zod';
import { ShiftConfig, WALL_TIME, Weekday } from './equipment.ts';
import { DisplayName } from './sparkplug-name.ts';

const LOCAL_TIME = z.iso
  .datetime({ local: true })
  .describe('Local time such as 2026-03-28T06:00, in the zone of the site.');

const Closed = z.literal('closed');
const PLAN_TIME = z.union([
  z.strictObject({ on: z.array(Weekday).min(1), from: WALL_TIME, to: WALL_TIME }),
  z.strictObject({ from: LOCAL_TIME, to: LOCAL_TIME }),
]);

/** A day that is not as the shifts say: closed, or with shifts of its own. */
const CalendarException = z.strictObject({
  date: z.iso.date().describe('Production day, such as 2026-12-24.'),
  name: DisplayName,
  shifts: z.union([Closed, z.array(ShiftConfig.omit({ days: true })).min(1)]).describe('Instead of those of the week.'),
});
export type CalendarException = z.infer<typeof CalendarException>;

const PlannedWindowConfig = z.strictObject({
  machine: z.string().optional().describe('Machine id; every machine where absent.'),
  name: DisplayName,
  kind: z.enum(['maintenance', 'no-demand', 'setup-target']),
  when: PLAN_TIME.describe('On days of the week, or from one local time to another.'),
});
export type PlannedWindowConfig = z.infer<typeof PlannedWindowConfig>;

export const CalendarConfig = z.strictObject({
  exceptions: z.array(CalendarException).default([]),
  plannedWindows: z.array(PlannedWindowConfig).default([]),
});
export type CalendarConfig = z.infer<typeof CalendarConfig>;

export const OeeConfig = z.strictObject({
  view: z.enum(['vorne', 'iso']).default('vorne').describe('Which names the figures have first.'),
  coverageBadgePercent: z.number().min(0).max(100).default(95).describe('Below it a figure is marked.'),
  settleMinutes: z
    .number()
    .min(0)
    .max(10_080)
    .default(10)
    .describe('A shift is provisional for so long after its end.'),
});
export type OeeConfig = z.infer<typeof OeeConfig>;
