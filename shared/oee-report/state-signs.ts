import type { TimeClass } from '../oee/time-class.ts';

/** How a class of time is told apart on paper: by letter and pattern, never by colour alone. */
export interface StateSign {
  /** That of the screens; a short stop is too thin for one. */
  readonly letter: string;
  readonly word: string;
  readonly fill: string;
  readonly ink: string;
  readonly pattern: 'plain' | 'rising' | 'falling' | 'crossed' | 'dotted' | 'upright' | 'dashed';
  readonly isTall: boolean;
}

const sign = (letter: string, word: string, fill: string, rest: Partial<StateSign> = {}): StateSign => ({
  letter,
  word,
  fill,
  ink: '#1c2024',
  pattern: 'plain',
  isTall: false,
  ...rest,
});

export const STATE_SIGNS: Readonly<Record<TimeClass, StateSign>> = {
  run: sign('R', 'Running', '#c3cfc8'),
  'short-stop': sign('', 'Short stop', '#d9b255', { pattern: 'upright' }),
  failure: sign('F', 'Failure', '#8f1d17', { ink: '#ffffff', isTall: true }),
  starved: sign('S', 'Starved', '#a9c0dc', { pattern: 'rising' }),
  blocked: sign('B', 'Blocked', '#c3b7dd', { pattern: 'falling' }),
  setup: sign('U', 'Change-over', '#d3c4ad', { pattern: 'dotted' }),
  unassigned: sign('N', 'Stop, no reason yet', '#ffffff', { pattern: 'dashed', isTall: true }),
  planned: sign('P', 'Planned', '#e9ebed'),
  'no-order': sign('O', 'No order', '#e9ebed'),
  'not-scheduled': sign('–', 'Not scheduled', '#f6f7f8'),
  unknown: sign('?', 'Unknown', '#ffffff', { pattern: 'crossed', isTall: true }),
};

/** `F Failure`, not to be broken after the letter. */
export const describeClass = (timeClass: TimeClass): string => {
  const { letter, word } = STATE_SIGNS[timeClass];
  return letter === '' ? word : `${letter}\u00a0${word}`;
};
