import type { z } from 'zod';

/** A call of the renderer that is answered. */
export interface RequestContract<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> {
  readonly kind: 'request';
  readonly input: In;
  readonly output: Out;
}

/** A fact the main process tells; the last one wins. */
export interface EventContract<Out extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly output: Out;
}

export type Contract = Readonly<Record<string, Readonly<Record<string, RequestContract | EventContract>>>>;

export const request = <In extends z.ZodType, Out extends z.ZodType>(
  input: In,
  output: Out,
): RequestContract<In, Out> => ({
  kind: 'request',
  input,
  output,
});

export const event = <Out extends z.ZodType>(output: Out): EventContract<Out> => ({ kind: 'event', output });

/** Channel of a call: `lineside:<group>.<name>`. Both sides derive it; nobody writes it. */
export const channelOf = (group: string, name: string): string => `lineside:${group}.${name}`;
