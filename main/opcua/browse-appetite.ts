import type { BrowseLimits } from './browse-limits.ts';

/** What came back of one request. */
export interface BrowseHelping {
  readonly nodeCount: number;
  readonly referenceCount: number;
  /** Lists that are not finished, or were refused because too many are not. */
  readonly unfinishedCount: number;
}

/** Grows while an answer is this much smaller than it may be. */
const SMALL_RATIO = 0.25;

/**
 * How many nodes to ask for at once, so that an answer stays small whatever hangs below them: a folder may have a
 * thousand references, a variable has a few. Doubles while answers are small, halves when lists come unfinished.
 */
export class BrowseAppetite {
  readonly #limits: BrowseLimits;
  #nodesAtOnce: number;

  constructor(limits: BrowseLimits, nodesAtFirst: number) {
    this.#limits = limits;
    this.#nodesAtOnce = Math.max(1, Math.min(nodesAtFirst, limits.nodesPerBrowse));
  }

  get nodesAtOnce(): number {
    return this.#nodesAtOnce;
  }

  /** Longest list to ask for when so many nodes are asked at once. */
  referencesPerNode(nodeCount: number): number {
    const { referencesPerNode, referencesPerAnswer } = this.#limits;
    return Math.max(1, Math.min(referencesPerNode, Math.floor(referencesPerAnswer / Math.max(1, nodeCount))));
  }

  learn({ nodeCount, referenceCount, unfinishedCount }: BrowseHelping): void {
    const { nodesPerBrowse, referencesPerAnswer } = this.#limits;
    if (unfinishedCount > 0) this.#nodesAtOnce = Math.max(1, nodeCount >> 1);
    else if (nodeCount >= this.#nodesAtOnce && referenceCount < referencesPerAnswer * SMALL_RATIO) {
      this.#nodesAtOnce = Math.min(nodesPerBrowse, this.#nodesAtOnce * 2);
    }
  }
}
