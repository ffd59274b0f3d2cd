import { z } from 'zod';
import { CalendarConfig } from '../config/calendar.ts';
import { ShiftConfig } from '../config/equipment.ts';
import { SiteChangeResult } from './site-change.ts';

/** One configuration that was in force, as a list shows it. */
export const SiteRevisionLine = z.object({
  revision: z.number().int(),
  changedBy: z.string(),
  changedAtMs: z.number(),
  source: z.enum(['file', 'window', 'command']),
});
export type SiteRevisionLine = z.infer<typeof SiteRevisionLine>;

/** Of the site in force: what the window edits, and what it must know for it. */
export const SiteView = z.object({
  inForce: SiteRevisionLine,
  siteFile: z.string(),
  line: z.string(),
  timeZone: z.string(),
  machines: z.array(z.object({ id: z.string(), name: z.string() })),
  shifts: z.array(ShiftConfig),
  calendar: CalendarConfig,
});
export type SiteView = z.infer<typeof SiteView>;

/** The fields of a site file that a window may write. */
const EDITED_FIELDS = [
  'site',
  'sparkplug',
  'brokers',
  'storeAndForward',
  'backpressure',
  'samplingClasses',
  'opcuaServers',
  'machines',
  'shifts',
  'calendar',
  'oee',
  'historian',
] as const;

/**
 * Whole fields of the site file as somebody wants them; those not named stay. They are judged as part of the whole
 * file, so that each fault comes back with its place; here they are any values.
 */
export const SiteEdit = z.strictObject({
  /** The one it was made from. */
  baseRevision: z.number().int(),
  fields: z.partialRecord(z.enum(EDITED_FIELDS), z.unknown()),
});
export type SiteEdit = z.infer<typeof SiteEdit>;

const Signature = z.string().trim().min(1).max(200);

export const SignedSiteEdit = SiteEdit.extend({ by: Signature });
export type SignedSiteEdit = z.infer<typeof SignedSiteEdit>;

export const SiteRollback = z.strictObject({
  baseRevision: z.number().int(),
  toRevision: z.number().int(),
  by: Signature,
});
export type SiteRollback = z.infer<typeof SiteRollback>;

/** What a roll back is previewed from: nobody has to sign a question. */
export const SiteRollbackPlan = SiteRollback.omit({ by: true });
export type SiteRollbackPlan = z.infer<typeof SiteRollbackPlan>;

export const RevisionPair = z.strictObject({ from: z.number().int(), to: z.number().int() });
export type RevisionPair = z.infer<typeof RevisionPair>;

/** One place at which two sites differ; values as JSON, null where there is none. */
export const SiteDifferenceEntry = z.object({
  kind: z.enum(['added', 'changed', 'removed']),
  path: z.string().describe('Such as machines[Filler].tags[Speed].deadband.'),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type SiteDifferenceEntry = z.infer<typeof SiteDifferenceEntry>;

export const SiteDifferenceView = z.object({
  entryCount: z.number(),
  entries: z.array(SiteDifferenceEntry).describe('The first of them: a window shows no more.'),
});
export type SiteDifferenceView = z.infer<typeof SiteDifferenceView>;

const Names = z.array(z.string());

/** What became of an edit, or would. */
export const SiteEditResult = z.discriminatedUnion('phase', [
  /** The site file would not be right; `path` such as `shifts[1].from`. */
  z.object({ phase: z.literal('refused'), faults: z.array(z.object({ path: z.string(), text: z.string() })) }),
  /** Somebody changed the site after the revision the edit was made from: what differs from it now. */
  z.object({
    phase: z.literal('outdated'),
    inForce: SiteRevisionLine,
    difference: z.object({ added: Names, changed: Names, removed: Names }),
  }),
  z.object({ phase: z.literal('planned'), change: SiteChangeResult }),
  z.object({ phase: z.literal('applied'), change: SiteChangeResult, inForce: SiteRevisionLine }),
]);
export type SiteEditResult = z.infer<typeof SiteEditResult>;
