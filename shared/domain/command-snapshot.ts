import { z } from 'zod';

/** One metric of a command, or a command as a whole. */
export const CommandRecord = z.object({
  atMs: z.number(),
  topic: z.string().describe('Who was meant; MQTT does not tell who sent it.'),
  metric: z.string().nullable().describe('Null: the command as a whole.'),
  value: z.string().nullable().describe('As commanded, for people; null where it could not be read.'),
  phase: z.enum(['under-way', 'written', 'failed', 'refused', 'rebirth']),
  detail: z.string().describe('Status code of the server by name, or why not.'),
  doneAtMs: z.number().nullable(),
});
export type CommandRecord = z.infer<typeof CommandRecord>;

/** What was commanded over Sparkplug since the program started, and what became of it. */
export const CommandsSnapshot = z.object({
  receivedCount: z.number().describe('NCMD and DCMD messages.'),
  rebirthCount: z.number().describe('Of these, such that asked for a birth.'),
  underWayCount: z.number().describe('Values that the server has not answered yet.'),
  writtenCount: z.number().describe('Values that the server has taken.'),
  failedCount: z.number().describe('Values that the server refused or did not answer to.'),
  refused: z.record(z.string(), z.number()).describe('What never went to a server, by reason.'),
  last: z.array(CommandRecord).describe('At most 20, the newest first.'),
});
export type CommandsSnapshot = z.infer<typeof CommandsSnapshot>;
