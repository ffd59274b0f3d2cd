import fc from 'fast-check';
import { DataType, DataValue, minDate, ReadRawModifiedDetails, StatusCodes, Variant } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import { RampHistory } from './line-server-history.ts';

const START_MS = Date.UTC(2026, 0, 5, 6);

async function push(history: RampHistory, value: number, timeMs: number): Promise<void> {
  const variant = new Variant({ dataType: DataType.UInt32, value });
  await history.push(
    new DataValue({ value: variant, statusCode: StatusCodes.Good, sourceTimestamp: new Date(timeMs) }),
  );
}

async function fill(mostValues: number, count: number): Promise<RampHistory> {
  const history = new RampHistory(mostValues);
  for (let value = 1; value <= count; value++) await push(history, value, START_MS + value * 10);
  return history;
}

interface Reading {
  readonly startTime?: Date;
  readonly endTime?: Date;
  readonly mostCount?: number;
  readonly isReversed?: boolean;
}

function read(history: RampHistory, { startTime, endTime, mostCount, isReversed }: Reading): number[] {
  const details = new ReadRawModifiedDetails({ startTime: startTime ?? minDate, endTime: endTime ?? minDate });
  let values: number[] = [];
  history.extractDataValues(details, mostCount ?? 0, isReversed ?? false, false, (_error, dataValues) => {
    values = (dataValues ?? []).map((dataValue) => {
      expect(dataValue.sourceTimestamp?.getTime()).toBe(START_MS + Number(dataValue.value.value) * 10);
      return Number(dataValue.value.value);
    });
  });
  return values;
}

describe('ramp history', () => {
  it('keeps the last values in order, however many came', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 2_000 }), async (most, count) => {
        const kept = Math.min(count, most);
        const values = read(await fill(most, count), { startTime: new Date(START_MS) });
        expect(values).toEqual(Array.from({ length: kept }, (_unused, index) => count - kept + 1 + index));
      }),
      { numRuns: 25 },
    );
  });

  it('reads from start to end, both included', async () => {
    const history = await fill(1_000, 1_500);
    const startTime = new Date(START_MS + 7_000);
    const endTime = new Date(START_MS + 7_030);
    expect(read(history, { startTime, endTime })).toEqual([700, 701, 702, 703]);
    expect(read(history, { startTime: new Date(START_MS + 7_001), endTime })).toEqual([701, 702, 703]);
    expect(read(history, { startTime: new Date(START_MS + 15_001) })).toEqual([]);
  });

  it('gives the first or, reversed, the last values when only so many are wanted', async () => {
    const history = await fill(1_000, 100);
    expect(read(history, { startTime: new Date(START_MS), mostCount: 2 })).toEqual([1, 2]);
    expect(read(history, { endTime: new Date(START_MS + 500), mostCount: 2, isReversed: true })).toEqual([50, 49]);
  });

  it('leaves out a value that is not newer than the last', async () => {
    const history = await fill(1_000, 3);
    await push(history, 9, START_MS + 20);
    expect(read(history, { startTime: new Date(START_MS) })).toEqual([1, 2, 3]);
  });
});
