import type { Log } from '../platform/log.ts';
import { toStoreAttention } from './attention.ts';
import type { StoreAlarms, WriterState } from './ports.ts';

/** Says in the log, once per change, what the store raises as an alarm: a gateway without a screen has only that. */
export class AlarmLog {
  readonly #log: Log;
  /** Since when each alarm that was logged stands, by its code. */
  #standing: ReadonlyMap<string, number> = new Map();

  constructor(log: Log) {
    this.#log = log;
  }

  /** To be called with every look at the store; the same alarms again say nothing. */
  note(alarms: StoreAlarms, writer: WriterState): void {
    const found = toStoreAttention(alarms, writer);
    for (const { code, text, nextStep, sinceMs } of found) {
      if (this.#standing.get(code) !== sinceMs) this.#log.warn(text, { code, nextStep });
    }
    const standing = new Map(found.map(({ code, sinceMs }) => [code, sinceMs]));
    for (const code of this.#standing.keys()) {
      if (!standing.has(code)) this.#log.info('an alarm of the buffer is over', { code });
    }
    this.#standing = standing;
  }
}
