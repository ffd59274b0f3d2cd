import { describe, expect, it } from 'vitest';
import { PagedRows } from './paged-rows.ts';

/** A list of `rowCount` numbers whose requests are answered by hand. */
function listOf(rowCount: number) {
  const waiting: { fromIndex: number; answer: () => void; fail: (error: Error) => void }[] = [];
  const paged = new PagedRows<number>(
    (fromIndex, maxRows) =>
      new Promise((resolve, reject) => {
        const rows = Array.from(
          { length: Math.min(maxRows, Math.max(0, rowCount - fromIndex)) },
          (_n, i) => fromIndex + i,
        );
        waiting.push({ fromIndex, answer: () => resolve({ rowCount, rows }), fail: reject });
      }),
  );
  const next = async (act: (request: (typeof waiting)[number]) => void): Promise<number> => {
    const request = waiting.shift();
    if (request === undefined) throw new Error('nothing was asked');
    act(request);
    await new Promise<void>((resolve) => setTimeout(resolve));
    return request.fromIndex;
  };
  return {
    paged,
    waiting,
    answer: () => next((request) => request.answer()),
    fail: (e: Error) => next((r) => r.fail(e)),
  };
}

describe('PagedRows', () => {
  it('asks only for where a fast scroll stops', async () => {
    const { paged, answer, waiting } = listOf(1_000_000);
    paged.show(0, 40);
    await answer();
    for (let place = 1_000; place <= 700_000; place += 1_000) paged.show(place, 40);
    await answer();
    const asked = await answer();
    expect(asked).toBe(700_000);
    expect(paged.rowAt(700_039)).toBe(700_039);
    expect(waiting).toHaveLength(0);
  });

  it('loads both pages when the window lies across their edge', async () => {
    const { paged, answer } = listOf(1_000);
    paged.show(0, 40);
    await answer();
    paged.show(90, 40);
    expect(await answer()).toBe(100);
    expect([paged.rowAt(99), paged.rowAt(100)]).toEqual([99, 100]);
  });

  it('keeps old rows in sight until new ones come', async () => {
    const { paged, answer } = listOf(50);
    paged.show(0, 40);
    await answer();
    paged.refresh();
    expect(paged.rowAt(3)).toBe(3);
    await answer();
    expect(paged.read()).toMatchObject({ rowCount: 50, failure: null });
  });

  it('says what failed and recovers at the next refresh', async () => {
    const { paged, answer, fail } = listOf(50);
    paged.show(0, 40);
    await fail(new Error('The engine is still starting.'));
    expect(paged.read()).toMatchObject({ rowCount: null, failure: 'The engine is still starting.' });
    paged.refresh();
    await answer();
    expect(paged.read()).toMatchObject({ rowCount: 50, failure: null });
  });

  it('does not pile up requests while one is slow', () => {
    const { paged, waiting } = listOf(50);
    paged.show(0, 40);
    for (let tick = 0; tick < 20; tick += 1) paged.refresh();
    expect(waiting).toHaveLength(1);
  });

  it('forgets pages that are far away', async () => {
    const { paged, answer } = listOf(1_000_000);
    for (let page = 0; page < 40; page += 1) {
      paged.show(page * 100, 40);
      await answer();
    }
    expect(paged.rowAt(0)).toBeUndefined();
    expect(paged.rowAt(3_900)).toBe(3_900);
  });
});
