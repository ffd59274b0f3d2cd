import type { Reason } from '../../../shared/domain/reason.ts';
import { STATE_FACES } from '../machine-state/state-face.ts';

export interface ReasonNode {
  readonly value: string;
  readonly label: string;
  readonly children?: ReasonNode[];
}

/** The tree to choose from, in the order of the list; retired reasons and what hangs below them are left out. */
export function toReasonTree(reasons: readonly Reason[], language = 'en'): ReasonNode[] {
  const offered = reasons.filter((reason) => reason.retiredAtMs === null);
  const childrenOf = (parentId: string | null): ReasonNode[] =>
    offered
      .filter((reason) => reason.parentReasonId === parentId)
      .map((reason) => {
        const children = childrenOf(reason.reasonId);
        const name = reason.names[language] ?? reason.names['en'] ?? reason.reasonId;
        // What it does to the figures is said where it is chosen.
        const label = `${name} (${STATE_FACES[reason.timeClass].letter})`;
        return { value: reason.reasonId, label, ...(children.length > 0 && { children }) };
      });
  return childrenOf(null);
}
