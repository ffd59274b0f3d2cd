import { useCallback, useEffect, useState } from 'react';
import type { Reason } from '../../../shared/domain/reason.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { toFailure } from '../../bridge.ts';
import { nameOf } from './reason-rows.ts';

interface Done {
  readonly text: string;
  readonly undo: () => Promise<readonly Reason[]>;
}

export interface ReasonEdit {
  /** Null until they are read. */
  readonly reasons: readonly Reason[] | null;
  readonly failure: string | null;
  /** What was done last, as long as it can be taken back. */
  readonly done: Done | null;
  /** Adds or changes; true when it is stored. */
  put(reason: Reason): Promise<boolean>;
  retire(reason: Reason): Promise<boolean>;
  undo(): Promise<boolean>;
}

/** The reasons, and each change of them with its way back. */
export function useReasonEdit(): ReasonEdit {
  const { reasons: calls } = useWorkbench();
  const [reasons, setReasons] = useState<readonly Reason[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const work = useCallback(async (ask: () => Promise<readonly Reason[]>, next: Done | null): Promise<boolean> => {
    try {
      setReasons(await ask());
      setFailure(null);
      setDone(next);
      return true;
    } catch (error) {
      setFailure(toFailure(error).text);
      return false;
    }
  }, []);
  useEffect(() => {
    calls.list(undefined).then(setReasons, (error: unknown) => setFailure(toFailure(error).text));
  }, [calls]);

  const put = (reason: Reason): Promise<boolean> => {
    const before = reasons?.find((one) => one.reasonId === reason.reasonId);
    const undo = (): Promise<Reason[]> =>
      before === undefined ? calls.retire({ reasonId: reason.reasonId }) : calls.put([before]);
    const what = before === undefined ? 'added' : before.retiredAtMs === null ? 'changed' : 'offered again';
    return work(() => calls.put([reason]), { text: `“${nameOf(reason)}” is ${what}.`, undo });
  };
  const retire = (reason: Reason): Promise<boolean> =>
    work(() => calls.retire({ reasonId: reason.reasonId }), {
      text: `“${nameOf(reason)}” is retired: it is not offered any more, and stops that have it keep it.`,
      undo: () => calls.put([reason]),
    });
  const undo = async (): Promise<boolean> => (done === null ? false : work(done.undo, null));
  return { reasons, failure, done, put, retire, undo };
}
