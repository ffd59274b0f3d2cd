import type { Reason } from '../../../shared/domain/reason.ts';
import { STATE_FACES } from '../machine-state/state-face.ts';

export interface ReasonGroup {
  readonly group: string;
  readonly items: readonly { readonly value: string; readonly label: string }[];
}

/**
 * The tree to choose from: a group for each root, in it every reason with its way from there, in the order of the list.
 * Retired reasons and what hangs below them are left out.
 */
export function toReasonGroups(reasons: readonly Reason[], language = 'en'): ReasonGroup[] {
  const offered = reasons.filter((reason) => reason.retiredAtMs === null);
  const nameOf = (reason: Reason): string => reason.names[language] ?? reason.names['en'] ?? reason.reasonId;
  const below = (parent: Reason, way: readonly string[]): ReasonGroup['items'] =>
    offered
      .filter((reason) => reason.parentReasonId === parent.reasonId)
      .flatMap((reason) => {
        const here = [...way, nameOf(reason)];
        return [toItem(reason, here), ...below(reason, here)];
      });
  return offered
    .filter((reason) => reason.parentReasonId === null)
    .map((root) => ({ group: nameOf(root), items: [toItem(root, [nameOf(root)]), ...below(root, [])] }));
}

/** What it does to the figures is said where it is chosen. */
const toItem = (reason: Reason, way: readonly string[]): ReasonGroup['items'][number] => ({
  value: reason.reasonId,
  label: `${way.join(' › ')} (${STATE_FACES[reason.timeClass].letter})`,
});
