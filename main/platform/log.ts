/**
 * What a stage needs of a logger; `main/observability` makes the real one. State changes at info, samples
 * never. `facts` become fields of the JSON line; secrets are never passed.
 */
export interface Log {
  info(text: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(text: string, facts?: Readonly<Record<string, unknown>>): void;
  error(text: string, facts?: Readonly<Record<string, unknown>>): void;
  /** A logger for one stage or object below this one. */
  scope(name: string): Log;
}

/** For parts that are used without a log (one-shot commands, tests). */
export const silentLog: Log = {
  info: () => {},
  warn: () => {},
  error: () => {},
  scope: () => silentLog,
};
