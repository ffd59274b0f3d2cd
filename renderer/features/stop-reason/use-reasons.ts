import { useCallback } from 'react';
import type { Person } from '../../../shared/domain/person.ts';
import type { Reason } from '../../../shared/domain/reason.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { type Answer, useAnswer } from '../../components/use-answer.ts';

/** The reason tree as it is now. */
export function useReasons(): Answer<readonly Reason[]> {
  const { reasons } = useWorkbench();
  const ask = useCallback(() => reasons.list(undefined), [reasons]);
  return useAnswer<readonly Reason[]>(ask);
}

/** Who may be chosen beside what is typed: people that have not left. */
export function usePeople(): readonly Person[] {
  const { people } = useWorkbench();
  const ask = useCallback(() => people.list(undefined), [people]);
  const answer = useAnswer<readonly Person[]>(ask);
  return answer.phase === 'there' ? answer.value.filter((person) => person.retiredAtMs === null) : [];
}
