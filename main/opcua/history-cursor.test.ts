import { coerceNodeId, DataType, DataValue, HistoryData, type StatusCode, StatusCodes, Variant } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { type DecodedHistoryResult, nextCall, openCursor, toHistorySamples, turnPage } from './history-cursor.ts';
import type { OpcuaTag } from './opcua-source-options.ts';

const START_MS = Date.UTC(2026, 0, 5, 6);
const TAG: OpcuaTag = {
  tagId: 'Load.A' as TagId,
  node: 'nsu=urn:x;s=A',
  datatype: 'UInt32',
  samplingIntervalMs: 0,
  queueSize: 10,
  isExempt: true,
};
const OPEN = openCursor({ tag: TAG, nodeId: coerceNodeId('ns=1;s=A') }, START_MS);
const POINT = Buffer.from('7');

const dataValue = (value: number, timeMs: number | null, statusCode: StatusCode = StatusCodes.Good): DataValue =>
  new DataValue({
    value: new Variant({ dataType: DataType.UInt32, value }),
    statusCode,
    sourceTimestamp: timeMs === null ? null : new Date(timeMs),
  });

const result = (statusCode: StatusCode, continuationPoint: Buffer | null, values: DataValue[]): DecodedHistoryResult =>
  ({ statusCode, continuationPoint, historyData: new HistoryData({ dataValues: values }) }) as DecodedHistoryResult;

describe('toHistorySamples', () => {
  it('keeps values, qualities and source times in order', () => {
    const values = [dataValue(1, START_MS + 5), dataValue(2, START_MS + 6, StatusCodes.BadSensorFailure)];
    const samples = toHistorySamples(TAG, values);
    expect(samples.map(({ value, quality, sourceTimestampMs }) => [value, quality, sourceTimestampMs])).toEqual([
      [1, 'good', START_MS + 5],
      [2, 'bad', START_MS + 6],
    ]);
    expect(samples[0]).toMatchObject({ hasSourceTime: true, serverTimestampMs: START_MS + 5, hasOverflow: false });
  });

  it('leaves out a value without a time', () => {
    expect(toHistorySamples(TAG, [dataValue(1, null)])).toEqual([]);
  });
});

describe('turnPage', () => {
  it('goes on with the continuation point, and remembers the last time', () => {
    const values = [dataValue(1, START_MS + 5), dataValue(2, START_MS + 6)];
    const page = turnPage(OPEN, result(StatusCodes.Good, POINT, values));
    expect(page).toMatchObject({ kind: 'more', next: { continuationPoint: POINT, fromMs: START_MS + 6 } });
  });

  it.each([null, Buffer.alloc(0)])('is at the end without a continuation point (%o)', (continuationPoint) => {
    const page = turnPage(OPEN, result(StatusCodes.Good, continuationPoint, [dataValue(1, START_MS)]));
    expect(page).toMatchObject({ kind: 'end', samples: [{ value: 1 }] });
  });

  it('takes no data and no body as an end without samples', () => {
    expect(turnPage(OPEN, result(StatusCodes.GoodNoData, null, []))).toEqual({ kind: 'end', samples: [] });
    const bodiless = { statusCode: StatusCodes.GoodNoData, continuationPoint: null, historyData: null };
    expect(turnPage(OPEN, bodiless as unknown as DecodedHistoryResult)).toEqual({ kind: 'end', samples: [] });
  });

  it('asks later when the server has no continuation point left', () => {
    expect(turnPage(OPEN, result(StatusCodes.BadNoContinuationPoints, null, []))).toEqual({
      kind: 'later',
      next: OPEN,
    });
  });

  it('begins anew at the last time when the server forgot the continuation point, once from there', () => {
    const forgotten = result(StatusCodes.BadContinuationPointInvalid, null, []);
    const cursor = { ...OPEN, fromMs: START_MS + 6, continuationPoint: POINT };
    const page = turnPage(cursor, forgotten);
    expect(page).toMatchObject({ kind: 'later', next: { continuationPoint: null, fromMs: START_MS + 6 } });
    expect(turnPage({ ...cursor, restartedAtMs: START_MS + 6 }, forgotten)).toMatchObject({ kind: 'refused' });
    expect(turnPage({ ...cursor, restartedAtMs: START_MS }, forgotten)).toMatchObject({ kind: 'later' });
  });

  it('names the status of a refusal', () => {
    const refused = result(StatusCodes.BadHistoryOperationUnsupported, null, []);
    expect(turnPage(OPEN, refused)).toEqual({ kind: 'refused', reason: 'BadHistoryOperationUnsupported' });
    expect(turnPage(OPEN, undefined)).toEqual({ kind: 'refused', reason: 'no answer' });
  });
});

describe('nextCall', () => {
  it('asks for all that go on and for those that begin earliest', () => {
    const late = { ...OPEN, fromMs: START_MS + 50 };
    const going = { ...OPEN, fromMs: START_MS + 20, continuationPoint: POINT };
    expect(nextCall([late, going, OPEN])).toEqual({ due: [going, OPEN], fromMs: START_MS });
    expect(nextCall([late, going])).toEqual({ due: [late, going], fromMs: START_MS + 50 });
    expect(nextCall([going])).toEqual({ due: [going], fromMs: START_MS + 20 });
  });
});
