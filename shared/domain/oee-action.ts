import { z } from 'zod';

const by = z.string().trim().min(1).max(100).describe('Who says so.');
const comment = z.string().max(1_000).nullable();

/** What people add to a shift. Every one is a new row with who and when; nothing is overwritten (L7). */
export const OeeAction = z.discriminatedUnion('kind', [
  /** `reasonId` null takes the reason back. */
  z.object({
    kind: z.literal('assign-reason'),
    equipmentId: z.string(),
    fromMs: z.number(),
    toMs: z.number(),
    reasonId: z.string().nullable(),
    comment,
    by,
  }),
  z.object({ kind: z.literal('split-stop'), equipmentId: z.string(), atMs: z.number(), by }),
  /** Takes the cut at `atMs` back, whoever made it. */
  z.object({ kind: z.literal('merge-stops'), equipmentId: z.string(), atMs: z.number(), by }),
  /** Refused when the revision is not the newest any more: nobody signs what they have not seen. */
  z.object({
    kind: z.literal('sign-shift'),
    equipmentId: z.string(),
    shiftFromMs: z.number(),
    revision: z.number(),
    comment,
    by,
  }),
]);
export type OeeAction = z.infer<typeof OeeAction>;

export const OeeActionResult = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('done') }),
  z.object({ phase: z.literal('refused'), code: z.string(), text: z.string() }),
]);
export type OeeActionResult = z.infer<typeof OeeActionResult>;

/** Told when late data, a reason or the calendar has changed a shift that had ended. */
export const ShiftRevised = z.object({
  equipmentId: z.string(),
  shiftFromMs: z.number(),
  revision: z.number(),
  because: z.string(),
});
export type ShiftRevised = z.infer<typeof ShiftRevised>;
