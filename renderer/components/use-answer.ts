import { useEffect, useState } from 'react';
import { toFailure } from '../bridge.ts';

/** What came of a question to the engine. */
export type Answer<T> =
  | { readonly phase: 'waiting' }
  | { readonly phase: 'there'; readonly value: T }
  | { readonly phase: 'failed'; readonly text: string };

const WAITING: Answer<never> = { phase: 'waiting' };

/** Asks when `ask` is a new function (keep it with `useCallback`); null asks nothing. A late answer to an old one is dropped. */
export function useAnswer<T>(ask: (() => Promise<T>) | null): Answer<T> {
  const [kept, setKept] = useState<{ readonly ask: typeof ask; readonly answer: Answer<T> }>({ ask, answer: WAITING });
  useEffect(() => {
    if (ask === null) return undefined;
    let isWanted = true;
    const keep = (answer: Answer<T>): void => {
      if (isWanted) setKept({ ask, answer });
    };
    ask().then(
      (value) => keep({ phase: 'there', value }),
      (error: unknown) => keep({ phase: 'failed', text: toFailure(error).text }),
    );
    return () => {
      isWanted = false;
    };
  }, [ask]);
  return kept.ask === ask ? kept.answer : WAITING;
}
