import type { ServerSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { TagId } from '../../shared/domain/metric.ts';

const LISTED_TAGS = 20;

/** Which tags are good and why the others are not. A tag of which nothing was heard yet is neither. */
export class TagHealth {
  readonly #good = new Set<TagId>();
  readonly #bad = new Map<TagId, string>();
  readonly #oddTimes = new Set<TagId>();
  #overflowCount = 0;
  #isHidden = false;

  /** `reason` null = good. */
  note(tagId: TagId, reason: string | null): void {
    if (reason === null) {
      if (this.#bad.size > 0) this.#bad.delete(tagId);
      this.#good.add(tagId);
    } else {
      this.#good.delete(tagId);
      this.#bad.set(tagId, reason);
    }
  }

  /** @returns true when it is the first tag whose source time cannot be right. */
  noteTime(tagId: TagId, isOdd: boolean): boolean {
    if (isOdd) this.#oddTimes.add(tagId);
    else if (this.#oddTimes.size > 0) this.#oddTimes.delete(tagId);
    return isOdd && this.#oddTimes.size === 1;
  }

  noteOverflow(): void {
    this.#overflowCount += 1;
  }

  /** Values that the server's queues dropped, as its overflow bits tell. */
  get overflowCount(): number {
    return this.#overflowCount;
  }

  /** The server is gone: nothing is known of any tag, until `show`. */
  hide(): void {
    this.#isHidden = true;
  }

  /** The server is back and its tags are as they were told last. */
  show(): void {
    this.#isHidden = false;
  }

  /** Tags that are no longer meant, or whose values begin anew. */
  drop(tagIds: Iterable<TagId>): void {
    for (const tagId of tagIds) {
      this.#good.delete(tagId);
      this.#bad.delete(tagId);
      this.#oddTimes.delete(tagId);
    }
  }

  /** Nothing that was told counts any more. Overflows stay counted. */
  forget(): void {
    this.#isHidden = false;
    this.#good.clear();
    this.#bad.clear();
    this.#oddTimes.clear();
  }

  snapshot(): Pick<ServerSnapshot, 'goodCount' | 'badTags' | 'badCount' | 'oddTimeCount' | 'overflowCount'> {
    const overflowCount = this.#overflowCount;
    if (this.#isHidden) return { goodCount: 0, badTags: [], badCount: 0, oddTimeCount: 0, overflowCount };
    const badTags: { tagId: string; reason: string }[] = [];
    for (const [tagId, reason] of this.#bad) {
      if (badTags.length === LISTED_TAGS) break;
      badTags.push({ tagId, reason });
    }
    const [goodCount, badCount, oddTimeCount] = [this.#good.size, this.#bad.size, this.#oddTimes.size];
    return { goodCount, badTags, badCount, oddTimeCount, overflowCount };
  }
}
