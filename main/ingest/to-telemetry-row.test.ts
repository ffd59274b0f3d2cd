import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonItem, parseJsonItems, toItemKind } from '../../shared/domain/array-json.ts';
import type { ArrayDatatype, ArrayValue, MetricValue } from '../../shared/domain/metric.ts';
import { parseQualityCode, Quality } from '../../shared/domain/quality.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { type ReceivedMetric, toTelemetryRow } from './to-telemetry-row.ts';

const nowMs = Date.UTC(2026, 0, 5, 6);
const TOLERANCE_MS = 5 * 60_000;
const metric = (part: Partial<ReceivedMetric> = {}): ReceivedMetric => ({
  groupId: 'Plant1',
  edgeNodeId: 'Line1',
  deviceId: 'Filler',
  metricName: 'Temperature',
  datatype: 'Double',
  value: 21.5,
  quality: 'good',
  statusCode: 0,
  timestampMs: nowMs - 40,
  isHistorical: false,
  isBirth: false,
  ...part,
});
const rowOf = (part: Partial<ReceivedMetric>): TelemetryRow => {
  const outcome = toTelemetryRow(metric(part), nowMs, TOLERANCE_MS);
  if (outcome.kind !== 'row') throw new Error(`is ${outcome.kind}`);
  return outcome.row;
};
const reasonOf = (timestampMs: number | null): string => {
  const outcome = toTelemetryRow(metric({ timestampMs }), nowMs, TOLERANCE_MS);
  return outcome.kind === 'rejected' ? outcome.reason : outcome.kind;
};

describe('a received metric as a row', () => {
  it('keeps who, what, when and how good', () => {
    expect(rowOf({})).toEqual({
      timeMs: nowMs - 40,
      machineId: 'Plant1/Line1/Filler',
      metricName: 'Temperature',
      value: 21.5,
      quality: 192,
      meta: null,
      isHistorical: false,
      receivedAtMs: nowMs,
    });
    expect(rowOf({ deviceId: null }).machineId).toBe('Plant1/Line1');
  });

  it.each<[MetricValue, number | null, TelemetryRow['meta']]>([
    [true, 1, null],
    [false, 0, null],
    ['Läuft', null, { text: 'Läuft' }],
    ['', null, { text: '' }],
    [null, null, null],
    [Uint8Array.of(0, 255), null, { bytesBase64: 'AP8=' }],
    [new Uint8Array(), null, { bytesBase64: '' }],
    [Number.NaN, Number.NaN, null],
    [-Infinity, -Infinity, null],
    [-0, -0, null],
    [9_007_199_254_740_991n, 9_007_199_254_740_991, null],
    [18_446_744_073_709_551_615n, 18_446_744_073_709_551_615, { exact: '18446744073709551615' }],
    [-9_223_372_036_854_775_807n, -9_223_372_036_854_775_807, { exact: '-9223372036854775807' }],
  ])('stores %s', (value, column, meta) => {
    const row = rowOf({ value });
    expect(row.value).toBe(column);
    expect(row.meta).toEqual(meta);
  });

  it.each<[ArrayDatatype, ArrayValue, readonly unknown[]]>([
    ['Int64Array', [-(2n ** 63n), 2n ** 63n - 1n], ['-9223372036854775808', '9223372036854775807']],
    ['UInt64Array', [2n ** 64n - 1n, 1n], ['18446744073709551615', '1']],
    ['DoubleArray', [Number.NaN, -Infinity, -0, 0, 5e-324], ['NaN', '-Infinity', '-0', 0, 5e-324]],
    ['BooleanArray', [true, false], [true, false]],
    ['StringArray', ['1', '', 'Läuft'], ['1', '', 'Läuft']],
    ['DateTimeArray', [-11_644_473_600_000], [-11_644_473_600_000]],
    ['UInt8Array', [], []],
  ])('stores the items of %s in a form that JSON keeps', (datatype, value, items) => {
    const row = rowOf({ datatype, value });
    expect(row).toMatchObject({ value: null, meta: { items, datatype } });
    const parsed = JSON.parse(JSON.stringify(row.meta?.['items'])) as JsonItem[];
    expect(parseJsonItems(toItemKind(datatype), parsed)).toStrictEqual(value);
  });

  it('names the status code when it is not good', () => {
    const row = rowOf({ quality: 'bad', statusCode: 0x80050000, value: 'x' });
    expect(row.quality).toBe(0);
    expect(row.meta).toEqual({ text: 'x', statusCode: 0x80050000 });
  });

  it('loses no 64-bit integer and no quality', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
        fc.constantFrom(...Quality.options),
        (value, quality) => {
          const row = rowOf({ value, quality });
          expect(BigInt(Number.isSafeInteger(row.value) ? (row.value ?? 0) : String(row.meta?.['exact']))).toBe(value);
          expect(parseQualityCode(row.quality)).toBe(quality);
        },
      ),
    );
  });

  it('passes every number and every plausible time unchanged', () => {
    const times = fc.integer({ min: Date.UTC(2000, 0, 1), max: nowMs + 5 * 60_000 });
    fc.assert(
      fc.property(fc.double(), times, fc.boolean(), (value, timestampMs, isHistorical) => {
        const row = rowOf({ value, timestampMs, isHistorical });
        expect(row.value).toBe(value);
        expect(row.timeMs).toBe(timestampMs);
        expect(row.isHistorical).toBe(isHistorical);
      }),
    );
  });

  it('is refused when its time would put it into a wild place', () => {
    expect(reasonOf(null)).toBe('timestamp-missing');
    expect(reasonOf(Number.NaN)).toBe('timestamp-missing');
    expect(reasonOf(0)).toBe('timestamp-zero');
    expect(reasonOf(Math.round(nowMs / 1000))).toBe('timestamp-in-seconds');
    expect(reasonOf(-1)).toBe('timestamp-before-2000');
    expect(reasonOf(Date.UTC(1999, 11, 31))).toBe('timestamp-before-2000');
    expect(reasonOf(nowMs + 5 * 60_000)).toBe('row');
    expect(reasonOf(nowMs + 5 * 60_000 + 1)).toBe('timestamp-in-future');
    // Microseconds and nanoseconds.
    expect(reasonOf(nowMs * 1_000)).toBe('timestamp-in-future');
  });

  it('keeps the row of a value from the future, to be stored when its time has come', () => {
    const ahead = toTelemetryRow(metric({ timestampMs: nowMs + 3_001 }), nowMs, 3_000);
    expect(ahead).toMatchObject({ kind: 'rejected', row: { timeMs: nowMs + 3_001, value: 21.5 } });
    expect(toTelemetryRow(metric({ timestampMs: nowMs + 3_000 }), nowMs, 3_000).kind).toBe('row');
    expect(toTelemetryRow(metric({ timestampMs: 0 }), nowMs, 3_000)).toMatchObject({ kind: 'rejected', row: null });
  });

  it('skips what belongs to the session, and only there', () => {
    const kindOf = (deviceId: string | null, metricName: string): string =>
      toTelemetryRow(metric({ deviceId, metricName, timestampMs: 0 }), nowMs, TOLERANCE_MS).kind;
    expect(kindOf(null, 'bdSeq')).toBe('skipped');
    expect(kindOf(null, 'Node Control/Rebirth')).toBe('skipped');
    expect(kindOf('Filler', 'Device Control/Rebirth')).toBe('skipped');
    expect(kindOf('Filler', 'bdSeq')).toBe('rejected');
  });

  it('does not store a birth without a value, which could take the place of a real one of that millisecond', () => {
    const unknown = metric({ value: null, quality: 'stale' });
    expect(toTelemetryRow({ ...unknown, isBirth: true }, nowMs, TOLERANCE_MS).kind).toBe('skipped');
    expect(toTelemetryRow(unknown, nowMs, TOLERANCE_MS).kind).toBe('row');
  });
});
