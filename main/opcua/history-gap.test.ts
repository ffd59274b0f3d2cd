import { describe, expect, it } from 'vitest';
import { HistoryGap } from './history-gap.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A session whose history reads are ended by the test. */
class SlowHistory {
  readonly asked: number[] = [];
  readonly #answers: ((isRead: boolean) => void)[] = [];

  backfill = (fromMs: number, signal: AbortSignal): Promise<boolean> => {
    this.asked.push(fromMs);
    return new Promise((resolve) => {
      this.#answers.push(resolve);
      signal.addEventListener('abort', () => resolve(false));
    });
  };

  /** Answers the read that is under way. */
  async answer(isRead: boolean): Promise<void> {
    await nextTurn();
    this.#answers.shift()?.(isRead);
    await nextTurn();
  }
}

describe('history gap', () => {
  it('is closed when its history is read to the end', async () => {
    const history = new SlowHistory();
    const gap = new HistoryGap(100);
    gap.fill(history);
    await history.answer(true);
    expect(history.asked).toEqual([100]);
    expect(gap.fromMs).toBeUndefined();
  });

  it('stays open from its earliest time when the read fails', async () => {
    const history = new SlowHistory();
    const gap = new HistoryGap(undefined);
    gap.open(300);
    gap.open(200);
    gap.fill(history);
    await history.answer(false);
    expect(gap.fromMs).toBe(200);
  });

  it('reads on when another gap opens during the read', async () => {
    const history = new SlowHistory();
    const gap = new HistoryGap(100);
    gap.fill(history);
    await nextTurn();
    gap.open(500);
    expect(gap.fromMs).toBe(100);
    await history.answer(true);
    expect(gap.fromMs).toBe(500);
    await history.answer(true);
    expect(history.asked).toEqual([100, 500]);
    expect(gap.fromMs).toBeUndefined();
  });

  it('keeps what was not read when the session ends, for the next one', async () => {
    const gap = new HistoryGap(100);
    gap.fill(new SlowHistory());
    await gap.end();
    expect(gap.fromMs).toBe(100);
    const next = new SlowHistory();
    gap.fill(next);
    await next.answer(true);
    expect(gap.fromMs).toBeUndefined();
  });
});
