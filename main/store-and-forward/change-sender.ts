import type { BufferedChange } from './forward-buffer.ts';

export interface SendOutcome {
  /** Not taken, because their device is not born. */
  readonly notTaken: readonly BufferedChange[];
  /** Not taken, because no message can be made of them; nor ever will be. */
  readonly poisoned: readonly { readonly row: BufferedChange; readonly reason: string }[];
}

/** What the forwarder needs of the Sparkplug session and the broker link. */
export interface ChangeSender {
  /** Frames and publishes now. Must settle when the connection is closed, because sends never overlap. */
  send(rows: readonly BufferedChange[], isHistorical: boolean): Promise<SendOutcome>;
  /** Resolves when the broker has read everything sent before (PINGREQ/PINGRESP). */
  barrier(): Promise<void>;
}
