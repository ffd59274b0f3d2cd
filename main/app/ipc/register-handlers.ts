import { ipcMain, type WebContents } from 'electron';
import { channelOf, type Contract } from '../../../shared/ipc/define.ts';
import type { Handlers, SendEvent } from '../../../shared/ipc/exposed.ts';
import type { Log } from '../../platform/log.ts';
import { answerRequest } from './answer-request.ts';

type AnyHandlers = Readonly<Record<string, Readonly<Record<string, ((input: unknown) => unknown) | undefined>>>>;

/**
 * The one place that touches `ipcMain`. Channels come from the contract, so a call without a handler is a
 * compile error and a handler without a call cannot be reached.
 *
 * @param trustedOrigin scheme and host of our own pages, e.g. `app://lineside`.
 */
export function registerHandlers<C extends Contract>(
  contract: C,
  handlers: Handlers<C>,
  trustedOrigin: string,
  log: Log,
): () => void {
  const channels: string[] = [];
  // The mapped type cannot be indexed by the strings of Object.entries; the contract's schemas check each value.
  const table = handlers as unknown as AnyHandlers;
  for (const [group, calls] of Object.entries(contract)) {
    for (const [name, call] of Object.entries(calls)) {
      const handle = table[group]?.[name];
      if (call.kind !== 'request' || handle === undefined) continue;
      const channel = channelOf(group, name);
      channels.push(channel);
      ipcMain.handle(channel, (event, input: unknown) =>
        answerRequest({ channel, call, senderUrl: event.senderFrame?.url ?? null, input, handle }, trustedOrigin, log),
      );
    }
  }
  return () => channels.forEach((channel) => ipcMain.removeHandler(channel));
}

/** Sends facts to the window that is there now; without one they are not kept: the window reads when it opens. */
export function toSendEvent<C extends Contract>(
  contract: C,
  currentContents: () => WebContents | null,
  log: Log,
): SendEvent<C> {
  return (group, name, payload) => {
    const contents = currentContents();
    const call = contract[group]?.[name];
    if (contents === null || contents.isDestroyed() || contents.isCrashed() || call?.kind !== 'event') return;
    const channel = channelOf(group, name);
    const checked = call.output.safeParse(payload);
    if (checked.success) contents.send(channel, checked.data);
    else log.error('a fact does not fit the contract', { channel, issues: checked.error.issues.slice(0, 3) });
  };
}
