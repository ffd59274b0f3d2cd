import { useCallback, useState } from 'react';
import type { SiteEditResult } from '../../../shared/domain/site-edit.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { useNotify } from '../../app/use-notices.ts';
import { useAnswer } from '../../components/use-answer.ts';

/** The revisions, the difference of the chosen one to the one before, and what rolling back to it would mean. */
export function useChanges(chosen: number | null) {
  const { site } = useWorkbench();
  const notify = useNotify();
  const [version, setVersion] = useState(0);
  // A new function asks anew: after a roll back there is one revision more.
  const askList = useCallback(() => (version < 0 ? Promise.resolve([]) : site.revisions(undefined)), [site, version]);
  const list = useAnswer(askList);
  const inForce = list.phase === 'there' ? (list.value[0]?.revision ?? null) : null;
  const shown = chosen ?? inForce;
  const askDifference = useCallback(() => site.difference({ from: (shown ?? 2) - 1, to: shown ?? 2 }), [site, shown]);
  const askPlan = useCallback(
    (): Promise<SiteEditResult> => site.planRollback({ baseRevision: inForce ?? 0, toRevision: shown ?? 0 }),
    [site, inForce, shown],
  );
  const canRollBack = shown !== null && inForce !== null && shown !== inForce;
  const rollBack = async (by: string): Promise<void> => {
    if (!canRollBack) return;
    try {
      const result = await site.rollback({ baseRevision: inForce, toRevision: shown, by });
      const isApplied = result.phase === 'applied';
      notify.tell({
        tone: isApplied ? 'calm' : 'look',
        stage: 'Changes',
        text: isApplied
          ? `The site of revision ${shown} is in force again, as revision ${result.inForce.revision}.`
          : `The site of revision ${shown} was not taken back (${result.phase}); nothing was changed.`,
        nextStep: isApplied ? `Revision ${inForce} can be taken back the same way.` : 'Read the impact once more.',
      });
      setVersion((old) => old + 1);
    } catch (error) {
      notify.failed('Changes', `Roll back to revision ${shown}`, error);
    }
  };
  return {
    list,
    inForce,
    shown,
    difference: useAnswer(shown === null || shown < 2 ? null : askDifference),
    plan: useAnswer(canRollBack ? askPlan : null),
    rollBack,
  };
}
