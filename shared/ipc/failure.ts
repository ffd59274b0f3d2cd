import { z } from 'zod';

/** A failed call as it crosses the bridge: code, sentence, next step. Stacks and paths stay in the log. */
const IpcFailure = z.object({ code: z.string(), text: z.string() });

/** Every answer is one of these two; a rejected promise would lose the code on its way. */
export const IpcAnswer = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), failure: IpcFailure }),
]);
export type IpcAnswer = z.infer<typeof IpcAnswer>;
