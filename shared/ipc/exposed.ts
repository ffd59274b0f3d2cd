import type { z } from 'zod';
import type { Contract, EventContract, RequestContract } from './define.ts';

type Calls = Contract[string];

/** Names of the calls of a group that are answered. */
type RequestName<G extends Calls> = {
  [Name in keyof G & string]: G[Name] extends RequestContract ? Name : never;
}[keyof G & string];

/** Names of the facts a group tells. */
type EventName<G extends Calls> = {
  [Name in keyof G & string]: G[Name] extends EventContract ? Name : never;
}[keyof G & string];

type RequestOf<Entry> = Entry extends RequestContract<infer In, infer Out> ? { in: In; out: Out } : never;
type EventOf<Entry> = Entry extends EventContract<infer Out> ? Out : never;

/** What the main process implements: parsed input in, a value that is checked against the schema out. */
export type Handlers<C extends Contract> = {
  readonly [Group in keyof C]: {
    readonly [Name in RequestName<C[Group]>]: (
      input: z.output<RequestOf<C[Group][Name]>['in']>,
    ) => z.input<RequestOf<C[Group][Name]>['out']> | Promise<z.input<RequestOf<C[Group][Name]>['out']>>;
  };
};

/** Sends one fact to the window; the payload is checked before it leaves. */
export type SendEvent<C extends Contract> = <Group extends keyof C & string, Name extends EventName<C[Group]>>(
  group: Group,
  name: Name,
  payload: z.input<EventOf<C[Group][Name]>>,
) => void;

/** What the renderer calls: the contract with schemas applied on both ways. */
export type Workbench<C extends Contract> = {
  readonly [Group in keyof C]: {
    readonly [Name in RequestName<C[Group]>]: (
      input: z.input<RequestOf<C[Group][Name]>['in']>,
    ) => Promise<z.output<RequestOf<C[Group][Name]>['out']>>;
  } & {
    readonly [Name in EventName<C[Group]> as `on${Capitalize<Name>}`]: (
      listener: (payload: z.output<EventOf<C[Group][Name]>>) => void,
    ) => () => void;
  };
};

type Functions<F> = Readonly<Record<string, Readonly<Record<string, F>>>>;

/**
 * What the preload script puts on `window.lineside`: one function per call and per fact, by group and name;
 * nothing of Electron. Answers are `IpcAnswer` and unparsed: the renderer's bridge applies the schemas.
 */
export interface ExposedBridge {
  readonly request: Functions<(input?: unknown) => Promise<unknown>>;
  readonly on: Functions<(listener: (payload: unknown) => void) => () => void>;
}
