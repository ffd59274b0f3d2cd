import type { MetricChange, TagId } from '../../shared/domain/metric.ts';

/** More values than a subscription holds back while as many writes are answered. */
const MOST_PER_TAG = 64;

interface Told {
  readonly changes: MetricChange[];
  /** An older value was passed on after the newest one: whoever takes the last for the present value is wrong now. */
  isOvertaken: boolean;
}

/**
 * What was told of written tags because it was read back. A subscription reports the same values a moment later,
 * older ones after newer: told again, they would leave a host with an old value as the last one it heard.
 */
export class ReadBacks {
  readonly #told = new Map<TagId, Told>();

  note(tagId: TagId, change: MetricChange): void {
    let told = this.#told.get(tagId);
    if (told === undefined) this.#told.set(tagId, (told = { changes: [], isOvertaken: false }));
    told.changes.push(change);
    if (told.changes.length > MOST_PER_TAG) told.changes.shift();
  }

  /** The tag has gone, or is another one from now on. */
  forget(tagId: TagId): void {
    this.#told.delete(tagId);
  }

  /** Whether this was told already; the answer is given once. */
  takeTold(tagId: TagId, isIt: (change: MetricChange) => boolean): boolean {
    const told = this.#told.get(tagId);
    const index = told?.changes.findIndex(isIt) ?? -1;
    if (told === undefined || index < 0) return false;
    told.changes.splice(index, 1);
    return true;
  }

  /** An older value is passed on. */
  overtake(tagId: TagId): void {
    const told = this.#told.get(tagId);
    if (told !== undefined) told.isOvertaken = true;
  }

  /** Whether the newest value must be told once more. */
  takeOvertaken(tagId: TagId): boolean {
    const told = this.#told.get(tagId);
    const isOvertaken = told?.isOvertaken ?? false;
    if (told !== undefined) told.isOvertaken = false;
    return isOvertaken;
  }
}
