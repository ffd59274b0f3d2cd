import { useState } from 'react';
import type { OeeAction } from '../../../shared/domain/oee-action.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { toFailure } from '../../bridge.ts';

type ActState =
  { readonly phase: 'idle' } | { readonly phase: 'busy' } | { readonly phase: 'refused'; readonly text: string };

export interface OeeActions {
  readonly state: ActState;
  /** Does one after the other and stops at the first that is refused; true when all were done. */
  readonly act: (actions: readonly OeeAction[]) => Promise<boolean>;
}

export function useOeeActions(): OeeActions {
  const { oee } = useWorkbench();
  const [state, setState] = useState<ActState>({ phase: 'idle' });
  const act = async (actions: readonly OeeAction[]): Promise<boolean> => {
    setState({ phase: 'busy' });
    let doneCount = 0;
    try {
      for (const action of actions) {
        const result = await oee.act(action);
        if (result.phase === 'refused') return refuse(result.text, doneCount, actions.length);
        doneCount += 1;
      }
    } catch (error) {
      return refuse(toFailure(error).text, doneCount, actions.length);
    }
    setState({ phase: 'idle' });
    return true;
  };
  const refuse = (text: string, doneCount: number, allCount: number): false => {
    setState({ phase: 'refused', text: allCount > 1 ? `${text} ${doneCount} of ${allCount} were done.` : text });
    return false;
  };
  return { state, act };
}
