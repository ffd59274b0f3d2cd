import type { EngineErrorCode } from '../platform/engine-error.ts';
import { EngineError, isEngineError } from '../platform/engine-error.ts';
import type { ForwardBuffer } from './forward-buffer.ts';

/** Both ends are our own code of the same build, so what crosses the thread is typed, not parsed. */
export type BufferMethod = keyof ForwardBuffer;

export interface BufferRequest {
  readonly requestId: number;
  readonly method: BufferMethod;
  readonly input: readonly unknown[];
}

export interface FailureMessage {
  readonly code: EngineErrorCode;
  readonly text: string;
  readonly context: Readonly<Record<string, unknown>>;
}

export type BufferAnswer =
  | { readonly type: 'opened' }
  | { readonly type: 'not-opened'; readonly failure: FailureMessage }
  | { readonly type: 'done'; readonly requestId: number; readonly result: unknown }
  | { readonly type: 'failed'; readonly requestId: number; readonly failure: FailureMessage };

/** An error as data: a structured clone would lose its code. */
export function toFailure(error: unknown): FailureMessage {
  if (isEngineError(error)) return { code: error.code, text: error.message, context: error.context };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'store-and-forward/unexpected', text, context: {} };
}

export const toError = ({ code, text, context }: FailureMessage): EngineError => new EngineError(code, text, context);
