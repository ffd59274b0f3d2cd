import { useState } from 'react';
import type { ShiftReportOrder } from '../../../shared/domain/shift-report-order.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { toFailure } from '../../bridge.ts';

export type SaveState =
  | { readonly phase: 'idle' }
  | { readonly phase: 'busy' }
  | { readonly phase: 'saved'; readonly path: string }
  | { readonly phase: 'failed'; readonly text: string };

/** Asks for a path and writes the report there; a dialog that was closed leaves things as they were. */
export function useSaveReport(): { readonly state: SaveState; readonly save: (order: ShiftReportOrder) => void } {
  const { oee } = useWorkbench();
  const [state, setState] = useState<SaveState>({ phase: 'idle' });
  const save = (order: ShiftReportOrder): void => {
    setState({ phase: 'busy' });
    oee.report(order).then(
      (answer) => setState(answer.phase === 'saved' ? { phase: 'saved', path: answer.path } : { phase: 'idle' }),
      (error: unknown) => setState({ phase: 'failed', text: toFailure(error).text }),
    );
  };
  return { state, save };
}
