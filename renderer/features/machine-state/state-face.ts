import type { TimeClass } from '../../../shared/oee/time-class.ts';

/**
 * How a state of a machine looks, the same on every screen. The letter carries the meaning without colour; a
 * short stop is too thin for one. `height` puts failures and unknown time above the rest of a timeline.
 */
export interface StateFace {
  readonly letter: string;
  readonly word: string;
  /** CSS colour of the ground. */
  readonly ground: string;
  readonly ink: string;
  readonly pattern: 'plain' | 'hatched' | 'dashed';
  readonly height: 'normal' | 'tall';
}

const face = (letter: string, word: string, ground: string, rest: Partial<StateFace> = {}): StateFace => ({
  letter,
  word,
  ground: `var(--ls-state-${ground})`,
  ink: 'var(--ls-on-state)',
  pattern: 'plain',
  height: 'normal',
  ...rest,
});

export const STATE_FACES: Readonly<Record<TimeClass, StateFace>> = {
  run: face('R', 'Running', 'run'),
  'short-stop': face('', 'Short stop', 'short-stop'),
  failure: face('F', 'Failure', 'failure', { ink: 'var(--ls-on-failure)', height: 'tall' }),
  starved: face('S', 'Starved', 'starved'),
  blocked: face('B', 'Blocked', 'blocked'),
  setup: face('U', 'Change-over', 'setup'),
  unassigned: face('N', 'Stop, no reason yet', 'unassigned', { pattern: 'dashed', ink: 'var(--ls-text)' }),
  planned: face('P', 'Planned', 'planned'),
  'no-order': face('O', 'No order', 'planned'),
  'not-scheduled': face('–', 'Not scheduled', 'planned'),
  unknown: face('?', 'Unknown', 'unassigned', { pattern: 'hatched', height: 'tall', ink: 'var(--ls-text)' }),
};

/** `Failure: label web break`; the cause alone would not say which class of time it is. */
export function describeMachineState(state: { readonly timeClass: TimeClass; readonly cause: string | null }): string {
  const { word } = STATE_FACES[state.timeClass];
  return state.cause === null || state.cause === '' ? word : `${word}: ${state.cause}`;
}
