import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'vitest';
import type { ChangeSender, SendOutcome } from './change-sender.ts';
import type { BufferedChange } from './forward-buffer.ts';

/** All that follows from what is done by now has happened. */
export const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await nextTurn();
};

/** A broker that can be frozen, and refuses rows of devices that are not born. */
export class FakeSender implements ChangeSender {
  readonly sent: { readonly value: unknown; readonly isHistorical: boolean }[] = [];
  readonly unborn = new Set<string | null>();
  readonly poison = new Set<unknown>();
  isFrozen = false;
  isBroken = false;
  barrierCount = 0;
  #sendingCount = 0;

  async send(rows: readonly BufferedChange[], isHistorical: boolean): Promise<SendOutcome> {
    expect(++this.#sendingCount, 'sends never overlap').toBe(1);
    await Promise.resolve();
    this.#sendingCount--;
    if (this.isBroken) throw new Error('connection closed');
    const poisoned = rows.filter((row) => this.poison.has(row.value)).map((row) => ({ row, reason: 'no code' }));
    const taken = rows.filter((row) => !this.unborn.has(row.deviceId) && !this.poison.has(row.value));
    this.sent.push(...taken.map(({ value }) => ({ value, isHistorical })));
    return { notTaken: rows.filter((row) => this.unborn.has(row.deviceId)), poisoned };
  }

  barrier(): Promise<void> {
    this.barrierCount++;
    return this.isFrozen ? new Promise(() => {}) : Promise.resolve();
  }
}
