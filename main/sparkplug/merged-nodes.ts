import { type MergedChange, type MergedNode, type MergeInput, mergeStep, NO_SESSIONS } from './host-merge.ts';

/** Twice what one broker may have: nodes without a session beyond this are forgotten, the first known first. */
const MAX_NODE_COUNT = 20_000;

/** Every edge node over all brokers, by its key. A broker full of invented ones must not fill the memory. */
export class MergedNodes {
  readonly #nodes = new Map<string, MergedNode>();

  get byKey(): ReadonlyMap<string, MergedNode> {
    return this.#nodes;
  }

  take(key: string, input: MergeInput): readonly MergedChange[] {
    const before = this.#nodes.get(key);
    if (before === undefined && this.#nodes.size >= MAX_NODE_COUNT) this.#forgetOne();
    const { next, changes } = mergeStep(before ?? NO_SESSIONS, input);
    this.#nodes.set(key, next);
    return changes;
  }

  #forgetOne(): void {
    for (const [key, { sessions }] of this.#nodes) {
      if (sessions.size > 0) continue;
      this.#nodes.delete(key);
      return;
    }
  }
}
