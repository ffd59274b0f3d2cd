import { contract, type LinesideContract } from '../shared/ipc/contract.ts';
import type { Contract, EventContract, RequestContract } from '../shared/ipc/define.ts';
import type { ExposedBridge, Workbench } from '../shared/ipc/exposed.ts';
import { IpcAnswer } from '../shared/ipc/failure.ts';

export type LinesideWorkbench = Workbench<LinesideContract>;

/** A call that failed: the sentence is for people, the code for branching. */
export class BridgeFailure extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(text);
    this.name = 'BridgeFailure';
    this.code = code;
  }
}

/** Code and sentence of anything a call may reject with. */
export function toFailure(error: unknown): { readonly code: string; readonly text: string } {
  if (error instanceof BridgeFailure) return { code: error.code, text: error.message };
  return { code: 'bridge/unexpected', text: error instanceof Error ? error.message : String(error) };
}

/**
 * The one place that touches what the preload script exposed. Every answer and fact is parsed with the schema of
 * the contract; what does not fit is a failure, never a value.
 */
export function toWorkbench(
  host: { readonly lineside?: ExposedBridge },
  table: Contract = contract,
): LinesideWorkbench {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [group, calls] of Object.entries(table)) {
    const functions: Record<string, unknown> = (groups[group] = {});
    for (const [name, call] of Object.entries(calls)) {
      if (call.kind === 'request') functions[name] = toRequest(call, host.lineside?.request[group]?.[name]);
      else
        functions[`on${name.charAt(0).toUpperCase()}${name.slice(1)}`] = toEvent(
          call,
          host.lineside?.on[group]?.[name],
        );
    }
  }
  // Built from the same table the type is derived from; the compiler cannot follow Object.entries.
  return groups as unknown as LinesideWorkbench;
}

type Ask = ((input?: unknown) => Promise<unknown>) | undefined;
type Listen = ((listener: (payload: unknown) => void) => () => void) | undefined;

function toRequest(call: RequestContract, ask: Ask): (input: unknown) => Promise<unknown> {
  return async (input) => {
    if (ask === undefined)
      throw new BridgeFailure('bridge/absent', 'This page runs outside Lineside: there is no engine.');
    const answer = IpcAnswer.safeParse(await ask(input));
    if (!answer.success) throw new BridgeFailure('bridge/bad-answer', 'The engine gave an answer that cannot be read.');
    if (!answer.data.ok) throw new BridgeFailure(answer.data.failure.code, answer.data.failure.text);
    const value = call.output.safeParse(answer.data.value);
    if (!value.success) throw new BridgeFailure('bridge/bad-answer', 'The engine gave an answer that cannot be read.');
    return value.data;
  };
}

function toEvent(call: EventContract, listen: Listen): (listener: (payload: unknown) => void) => () => void {
  return (listener) => {
    if (listen === undefined) return () => {};
    return listen((payload) => {
      const parsed = call.output.safeParse(payload);
      // The main process has checked it already and logs what does not fit; the last good fact stays on screen.
      if (parsed.success) listener(parsed.data);
    });
  };
}

declare global {
  interface Window {
    readonly lineside?: ExposedBridge;
  }
}
