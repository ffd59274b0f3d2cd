import { expect, it } from 'vitest';
import type { Log } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { AggregateKeeper } from './aggregate-keeper.ts';
import type { MaintenanceRound } from './maintenance.ts';
import type { DirtyPatience } from './refresh-dirty.ts';

type Answer = { resolve: (round: MaintenanceRound) => void; reject: (error: Error) => void };

function rig() {
  const clock = fakeClock();
  const answers: Answer[] = [];
  const lines: string[] = [];
  const note = (text: string): void => void lines.push(text);
  const log: Log = { info: note, warn: note, error: note, scope: () => log };
  const patiences: DirtyPatience[] = [];
  const maintain = (patience: DirtyPatience): Promise<MaintenanceRound> => {
    patiences.push(patience);
    return new Promise((resolve, reject) => void answers.push({ resolve, reject }));
  };
  const keeper = new AggregateKeeper({ maintain, clock, log });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { clock, answers, lines, patiences, keeper, settle };
}

const DONE: MaintenanceRound = { phase: 'done', filledUntilMs: 0, revised: [] };

it('runs a round at once and then every minute, never two at a time', async () => {
  const { clock, answers, keeper, settle } = rig();
  keeper.start();
  clock.advanceMs(180_000);
  expect(answers).toHaveLength(1);
  answers[0]?.resolve(DONE);
  await settle();
  clock.advanceMs(60_000);
  expect(answers).toHaveLength(2);
  answers[1]?.resolve(DONE);
  await settle();
  keeper.stop();
  clock.advanceMs(600_000);
  expect(answers).toHaveLength(2);
});

it('lets hours into which a replay pours wait for their end, with every round', async () => {
  const { clock, answers, patiences, keeper, settle } = rig();
  keeper.start();
  answers[0]?.resolve(DONE);
  await settle();
  clock.advanceMs(60_000);
  keeper.stop();
  expect(patiences).toEqual(Array(2).fill({ quietMs: 30_000, longestMs: 600_000 }));
});

it('tells a failure once, and again when it comes back after a good round', async () => {
  const { clock, answers, lines, keeper, settle } = rig();
  keeper.start();
  for (const outcome of ['fails', 'fails', 'is done', 'fails']) {
    const answer = answers.at(-1);
    if (outcome === 'fails') answer?.reject(new Error('disk full'));
    else answer?.resolve(DONE);
    await settle();
    clock.advanceMs(60_000);
  }
  keeper.stop();
  expect(lines).toEqual(Array(2).fill(expect.stringContaining('disk full')));
});
