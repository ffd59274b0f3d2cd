import { createContext, useContext } from 'react';

/** Whose figures stand in a part of a screen, and of which shift. */
export interface FigureScope {
  readonly equipmentId: string;
  readonly name: string;
  /** Start of the shift; null where none has run yet. */
  readonly shiftFromMs: number | null;
  readonly timeZone: string;
}

export interface FigureQuestion {
  readonly scope: FigureScope;
  readonly figureId: string;
}

export const FigureScopeContext = createContext<FigureScope | null>(null);
export const AskContext = createContext<((question: FigureQuestion) => void) | null>(null);

/** Opens the explanation of a figure of this part of the screen. */
export function useAsk(): { readonly scope: FigureScope; readonly ask: (figureId: string) => void } {
  const scope = useContext(FigureScopeContext);
  const ask = useContext(AskContext);
  if (scope === null || ask === null) throw new Error('a figure stands outside a figure scope');
  return { scope, ask: (figureId) => ask({ scope, figureId }) };
}
