import { expect, it } from 'vitest';
import { STATE_SIGNS } from '../../../shared/oee-report/state-signs.ts';
import { STATE_FACES } from '../machine-state/state-face.ts';

it('calls every class of time by the same letter and word on paper as on screen', () => {
  const screen = Object.entries(STATE_FACES).map(([name, { letter, word }]) => [name, letter, word]);
  const paper = Object.entries(STATE_SIGNS).map(([name, { letter, word }]) => [name, letter, word]);
  expect(paper).toEqual(screen);
});
