/** What readiness is judged by, at one moment. */
export interface ReadinessFacts {
  /** Of the oldest row that waits to be committed; undefined when none waits. */
  readonly oldestWaitMs: number | undefined;
  /** The memory was full: rows had to be left out. */
  readonly hasOverflown: boolean;
  /** The last thing asked of the historian succeeded. */
  readonly sinkAnswers: boolean;
}

/**
 * Whether the host may say ONLINE. Not any more when a row has waited longer than `commitDeadlineMs` or when
 * the memory was full: from then on every edge node keeps its data, and sends again what it sent within the
 * hold time. Again when the historian answers and what waits is fresh: under a steady flow something always
 * waits for its batch, so "nothing waits" would never come.
 */
export function decideReadiness(isReady: boolean, facts: ReadinessFacts, commitDeadlineMs: number): boolean {
  const waitMs = facts.oldestWaitMs ?? 0;
  if (facts.hasOverflown) return false;
  return isReady ? waitMs <= commitDeadlineMs : facts.sinkAnswers && waitMs <= commitDeadlineMs / 5;
}
