import { describe, expect, it } from 'vitest';
import type { WorkProgress } from '../../shared/domain/work-progress.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { type WorkHandle, WorkRegistry } from './work-registry.ts';

const ORDER = { workId: 'one', title: 'Import a.csv' };

function registry() {
  const clock = fakeClock();
  const works = new WorkRegistry(clock);
  const told: WorkProgress[] = [];
  works.onProgress((progress) => told.push(progress));
  return { clock, works, told };
}

/** Work that ends when told to. */
function open() {
  let handle: WorkHandle | undefined;
  let end: (value: string) => void = () => {};
  const work = (given: WorkHandle): Promise<string> => {
    handle = given;
    return new Promise((resolve, reject) => {
      end = resolve;
      given.signal.addEventListener('abort', () => reject(new Error('the file was closed')));
    });
  };
  return { work, handle: () => handle!, end: (value: string) => end(value) };
}

describe('work registry', () => {
  it('tells the start, the progress and the end, and answers what the work answers', async () => {
    const { works, told } = registry();
    const { work, handle, end } = open();
    const answer = works.run(ORDER, work);
    expect(works.list()).toMatchObject([{ workId: 'one', phase: 'running', totalCount: null }]);
    handle().tell(1, 4, 'rows read');
    end('4 tags');
    await expect(answer).resolves.toBe('4 tags');
    expect(told.map(({ phase }) => phase)).toEqual(['running', 'ended']);
    expect(told.at(-1)).toMatchObject({ doneCount: 1, totalCount: 4, text: 'rows read' });
    expect(works.list()).toEqual([]);
  });

  it('tells a hundred thousand steps no more often than they can be read, and never an old one last', async () => {
    const { works, told, clock } = registry();
    const { work, handle, end } = open();
    const answer = works.run(ORDER, work);
    for (let row = 1; row <= 100_000; row += 1) {
      handle().tell(row, 100_000, 'rows read');
      if (row % 100 === 0) clock.advanceMs(1);
    }
    clock.advanceMs(100);
    expect(told.length).toBeLessThanOrEqual(13);
    expect(told.at(-1)).toMatchObject({ doneCount: 100_000 });
    end('');
    await answer;
  });

  it('ends a cancelled work with one code, whatever the work threw on its way out', async () => {
    const { works, told } = registry();
    const answer = works.run(ORDER, open().work);
    works.cancel('one');
    works.cancel('one');
    await expect(answer).rejects.toMatchObject({ code: 'work/cancelled', message: 'Import a.csv was cancelled.' });
    expect(told.map(({ phase }) => phase)).toEqual(['running', 'cancelling', 'ended']);
  });

  it('lets a work finish that could not be stopped any more', async () => {
    const { works } = registry();
    const answer = works.run(ORDER, async ({ signal }) => {
      works.cancel('one');
      return signal.aborted ? 'written' : 'never asked';
    });
    await expect(answer).resolves.toBe('written');
  });

  it('gives others their turn and stops a loop that breathes', async () => {
    const { works, clock } = registry();
    let rounds = 0;
    const answer = works.run(ORDER, async ({ breathe }) => {
      for (;;) {
        rounds += 1;
        await breathe();
      }
    });
    const ended = expect(answer).rejects.toMatchObject({ code: 'work/cancelled' });
    while (rounds < 3) await turn(clock);
    works.cancel('one');
    await turn(clock);
    await ended;
    expect(rounds).toBe(3);
  });

  it('fails with what the work failed with, and refuses a second one of the same id', async () => {
    const { works } = registry();
    const { work, end } = open();
    const answer = works.run(ORDER, work);
    await expect(works.run(ORDER, () => Promise.resolve())).rejects.toMatchObject({ code: 'work/id-in-use' });
    end('');
    await answer;
    const failing = works.run(ORDER, () => Promise.reject(new Error('row 7 has no node')));
    await expect(failing).rejects.toThrow('row 7 has no node');
  });
});

/** Fires what is due, and lets those who waited for it go on. */
async function turn(clock: ReturnType<typeof fakeClock>): Promise<void> {
  clock.advanceMs(0);
  await new Promise((resolve) => setImmediate(resolve));
}
