import { type DataValue, StatusCodes } from 'node-opcua';
import type { Log } from '../platform/log.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import type { TagHealth } from './tag-health.ts';

/**
 * The tags that the server does not let us watch, and those whose node it no longer knows: both may come back
 * with the next download to the controller.
 */
export class RefusedTags {
  readonly #health: TagHealth;
  readonly #log: Log;
  readonly #refused = new Map<OpcuaTag, string>();
  readonly #vanished = new Set<OpcuaTag>();

  constructor(health: TagHealth, log: Log) {
    this.#health = health;
    this.#log = log;
  }

  /** Told once per tag, however often it is tried. */
  refuse(tag: OpcuaTag, reason: string): void {
    if (this.#refused.has(tag)) return;
    this.#refused.set(tag, reason);
    this.report(tag, reason);
  }

  /** A tag that cannot come back in this session. */
  report(tag: OpcuaTag, reason: string): void {
    this.#health.note(tag.tagId, reason);
    this.#log.warn('tag cannot be watched', { tagId: tag.tagId, node: tag.node, reason });
  }

  accept(tag: OpcuaTag): void {
    if (this.#refused.delete(tag)) this.#log.info('tag is watched now', { tagId: tag.tagId });
  }

  isRefused(tag: OpcuaTag): boolean {
    return this.#refused.has(tag);
  }

  reasonOf(tag: OpcuaTag): string | undefined {
    return this.#refused.get(tag);
  }

  /** The tag is no longer meant. */
  forget(tag: OpcuaTag): void {
    this.#refused.delete(tag);
    this.#vanished.delete(tag);
  }

  /** An item of a deleted node tells that once, and is dead from then on. */
  look(tag: OpcuaTag, { statusCode }: DataValue): void {
    const isVanished =
      statusCode.equals(StatusCodes.BadNodeIdUnknown) || statusCode.equals(StatusCodes.BadNodeIdInvalid);
    if (isVanished) this.#vanished.add(tag);
    else if (this.#vanished.size > 0) this.#vanished.delete(tag);
  }

  hasVanished(tag: OpcuaTag): boolean {
    return this.#vanished.has(tag);
  }
}
