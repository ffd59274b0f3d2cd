import { describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { changesOf } from './change-ramp.ts';
import type { SendRequest } from './forwarding-state.ts';
import { MemoryForwardBuffer } from './memory-forward-buffer.ts';
import { ReadAhead } from './read-ahead.ts';

const request = (firstRowId: number, more: Partial<SendRequest> = {}): SendRequest => ({
  epoch: 1,
  historyOf: 'normal',
  wanted: [{ firstRowId, lastRowId: 9 }],
  maxRows: 3,
  ...more,
});

async function open() {
  const buffer = new MemoryForwardBuffer(fakeClock());
  await buffer.append(changesOf(1, 9));
  let readCount = 0;
  const reader = new ReadAhead({
    read: (range) => {
      readCount++;
      return buffer.read(range);
    },
  });
  const idsOf = async (asked: SendRequest): Promise<readonly number[]> =>
    (await reader.read(asked)).map((row) => row.rowId);
  return { reader, idsOf, readCount: () => readCount };
}

describe('reading ahead', () => {
  it('gives what was read before it was asked for, once', async () => {
    const { reader, idsOf, readCount } = await open();
    reader.expect(request(4));
    expect(readCount()).toBe(1);
    expect(await idsOf(request(4))).toEqual([4, 5, 6]);
    expect(readCount()).toBe(1);
    expect(await idsOf(request(4))).toEqual([4, 5, 6]);
    expect(readCount()).toBe(2);
  });

  it.each([
    ['another place', request(5)],
    ['another class', request(4, { historyOf: 'low' })],
    ['another epoch', request(4, { epoch: 2 })],
    ['another size', request(4, { maxRows: 2 })],
  ])('reads anew when %s is asked for', async (_name, asked) => {
    const { reader, readCount } = await open();
    reader.expect(request(4));
    await reader.read(asked);
    expect(readCount()).toBe(2);
  });

  it('never reads live rows ahead, because more may be added to them', async () => {
    const { reader, readCount } = await open();
    reader.expect(request(4, { historyOf: undefined }));
    expect(readCount()).toBe(0);
  });
});
