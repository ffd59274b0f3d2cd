import { useCallback } from 'react';
import type { Explanation, SampleLine } from '../../../shared/domain/oee-explanation.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { type Answer, useAnswer } from '../../components/use-answer.ts';
import type { FigureQuestion } from './explain-context.ts';
import type { Piece } from './explain-view.ts';

export const MAX_SAMPLES = 1_000;

export function useExplanation(question: FigureQuestion | null): Answer<Explanation> {
  const { oee } = useWorkbench();
  const ask = useCallback(
    () =>
      question === null
        ? Promise.reject(new Error('no figure was asked for'))
        : oee.explain({
            equipmentId: question.scope.equipmentId,
            shiftFromMs: question.scope.shiftFromMs,
            figureId: question.figureId,
          }),
    [oee, question],
  );
  return useAnswer(question === null ? null : ask);
}

/** Raw samples behind a piece; null asks nothing. */
export function useSamples(equipmentId: string, piece: Piece | null): Answer<readonly SampleLine[]> {
  const { oee } = useWorkbench();
  const ask = useCallback(
    () =>
      piece === null
        ? Promise.reject(new Error('no piece was asked for'))
        : oee.samples({
            equipmentId,
            metricNames: [...piece.metricNames],
            fromMs: piece.fromMs,
            toMs: piece.toMs,
            limit: MAX_SAMPLES,
          }),
    [oee, equipmentId, piece],
  );
  return useAnswer<readonly SampleLine[]>(piece === null ? null : ask);
}
