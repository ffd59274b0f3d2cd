import { type ReactElement, type ReactNode, useState } from 'react';
import { AskContext, type FigureQuestion } from './explain-context.ts';
import { ExplainDrawer } from './explain-drawer.tsx';

/** Holds the question of a screen; its figures ask, the drawer answers. */
export function ExplainHost({ children }: { readonly children: ReactNode }): ReactElement {
  const [question, setQuestion] = useState<FigureQuestion | null>(null);
  return (
    <AskContext value={setQuestion}>
      {children}
      <ExplainDrawer question={question} onClose={() => setQuestion(null)} />
    </AskContext>
  );
}
