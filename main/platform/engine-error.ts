/**
 * Expected failures carry a code (`stage/what-is-wrong`), the facts, and their cause. Callers branch on
 * the code; people read the message, which names the object, the check that failed and the next step.
 */
export type EngineErrorCode = `${string}/${string}`;

export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: EngineErrorCode,
    message: string,
    context: Readonly<Record<string, unknown>> = {},
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'EngineError';
    this.code = code;
    this.context = context;
  }
}

/** True for an EngineError, and for the given code when one is given. Unknown errors pass on. */
export function isEngineError(error: unknown, code?: EngineErrorCode): error is EngineError {
  return error instanceof EngineError && (code === undefined || error.code === code);
}

/** Text of anything thrown, for a sentence a person reads. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
