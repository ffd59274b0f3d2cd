import { z } from 'zod';

/** A failed call as it crosses the bridge: code, sentence, next step. Stacks and paths stay in the log. */
export const IpcFailure = z.object({ code: z.string(), text: z.string() });
export type IpcFailure = z.infer<typeof IpcFailure>;

/** Every answer is one of these two; a rejected promise would lose the code on its way. */
export type IpcAnswer =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly failure: IpcFailure };
