import { describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { BatchedRequest } from './batched-request.ts';
import { RequestPacer } from './request-pacer.ts';

function startBatches(ask: (items: readonly number[]) => Promise<readonly string[]>, mostItems = 8) {
  const signal = new AbortController().signal;
  const pacer = new RequestPacer({ clock: fakeClock(), mostInFlight: 1, pauseMs: 0, signal });
  const asked: number[] = [];
  let isUsable = true;
  const batches = new BatchedRequest<number, string>({
    pacer,
    mostItems,
    isUsable: () => isUsable,
    ask: (items) => {
      asked.push(items.length);
      return ask(items);
    },
  });
  return { batches, asked, loseSession: () => (isUsable = false) };
}

const ITEMS = [1, 2, 3, 4, 5, 6, 7, 8];
const echo = (items: readonly number[]): string[] => items.map(String);
const refuse = (text: string): never => {
  throw new Error(text);
};

describe('a request for many items', () => {
  it('answers in the order of the items, in parts of the allowed size', async () => {
    const { batches, asked } = startBatches(async (items) => echo(items), 3);
    const answers = await batches.run(ITEMS);
    expect(answers.map((one) => one.isAnswered && one.answer)).toEqual(echo(ITEMS));
    expect(asked).toEqual([3, 3, 2]);
  });

  it('names the one item that makes the server refuse the whole request', async () => {
    const { batches } = startBatches(async (items) =>
      items.includes(6) ? refuse('serviceResult = BadInternalError (0x80020000)') : echo(items),
    );
    const answers = await batches.run(ITEMS);
    expect(answers[5]).toEqual({ isAnswered: false, reason: 'BadInternalError' });
    expect(answers.filter(({ isAnswered }) => isAnswered)).toHaveLength(7);
    expect(batches.mostItems).toBe(8);
  });

  it('stays small after the server found a request too large', async () => {
    const { batches, asked } = startBatches(async (items) =>
      items.length > 2 ? refuse('BadTooManyOperations') : echo(items),
    );
    await batches.run(ITEMS);
    expect(batches.mostItems).toBe(2);
    asked.length = 0;
    await batches.run(ITEMS);
    expect(asked).toEqual([2, 2, 2, 2]);
  });

  it('gives an item without an answer its own refusal', async () => {
    const { batches } = startBatches(async (items) => echo(items).slice(1));
    expect((await batches.run([1, 2])).at(1)).toEqual({ isAnswered: false, reason: 'no answer' });
  });

  it('ends when the session is lost or the server hangs, instead of asking on', async () => {
    const lost = startBatches(async () => refuse('BadSessionIdInvalid'));
    await expect(lost.batches.run(ITEMS)).rejects.toThrow('BadSessionIdInvalid');
    expect(lost.asked).toEqual([8]);
    const hung = startBatches(async () => refuse('Transaction has timed out ( timeout = 10000 ms)'));
    await expect(hung.batches.run(ITEMS)).rejects.toThrow('timed out');
    expect(hung.asked).toHaveLength(3);
    const gone = startBatches(async () => refuse('something else'));
    gone.loseSession();
    await expect(gone.batches.run(ITEMS)).rejects.toThrow('something else');
  });
});
