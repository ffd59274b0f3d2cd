import { contextBridge, ipcRenderer } from 'electron';
import { contract } from '../shared/ipc/contract.ts';
import { channelOf, type Contract } from '../shared/ipc/define.ts';
import type { ExposedBridge } from '../shared/ipc/exposed.ts';

/**
 * The one thing the window gets: a function per call of the contract. `ipcRenderer` itself is never exposed,
 * and a listener is given the payload only, not Electron's event (which carries the sender).
 */
function toExposedBridge(table: Contract): ExposedBridge {
  const request: Record<string, Record<string, (input?: unknown) => Promise<unknown>>> = {};
  const on: Record<string, Record<string, (listener: (payload: unknown) => void) => () => void>> = {};
  for (const [group, calls] of Object.entries(table)) {
    const requests = (request[group] = {} as Record<string, (input?: unknown) => Promise<unknown>>);
    const events = (on[group] = {} as Record<string, (listener: (payload: unknown) => void) => () => void>);
    for (const [name, call] of Object.entries(calls)) {
      const channel = channelOf(group, name);
      if (call.kind === 'request') requests[name] = (input) => ipcRenderer.invoke(channel, input);
      else events[name] = (listener) => listen(channel, listener);
    }
  }
  return { request, on };
}

function listen(channel: string, listener: (payload: unknown) => void): () => void {
  const forward = (_event: unknown, payload: unknown): void => listener(payload);
  ipcRenderer.on(channel, forward);
  return () => void ipcRenderer.off(channel, forward);
}

contextBridge.exposeInMainWorld('lineside', toExposedBridge(contract));
