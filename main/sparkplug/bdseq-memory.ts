import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { SessionMemory } from './sparkplug-link.ts';
import type { EdgeNodeDescriptor } from './topic.ts';

/**
 * The last bdSeq of an edge node, kept over processes: hosts that saw the last one would take the Will of the old
 * session for the death of the new one if counting began again. A memory that fails is not worth standing still for:
 * hosts compare for equality only, so a number that was not remembered is tolerable.
 */
export class BdSeqMemory {
  readonly #memory: SessionMemory;
  readonly #key: string;
  readonly #log: Log;

  constructor(memory: SessionMemory, { groupId, edgeNodeId }: EdgeNodeDescriptor, log: Log) {
    this.#memory = memory;
    this.#key = `sparkplug/bdSeq/${groupId}/${edgeNodeId}`;
    this.#log = log;
  }

  /** The number for the next CONNECT: one above the last that was used, 0 where none is known. */
  async readNext(): Promise<number> {
    try {
      const text = await this.#memory.readSetting(this.#key);
      const last = text === undefined ? Number.NaN : Number(text);
      return Number.isInteger(last) && last >= 0 && last <= 255 ? (last + 1) % 256 : 0;
    } catch (error) {
      this.#log.warn('the last bdSeq could not be read', { error: describeError(error) });
      return 0;
    }
  }

  /** To be awaited before CONNECT: after a crash the next process must not use this number again. */
  async remember(bdSeq: number): Promise<void> {
    try {
      await this.#memory.writeSetting(this.#key, String(bdSeq));
    } catch (error) {
      this.#log.warn('bdSeq could not be remembered', { error: describeError(error) });
    }
  }
}
