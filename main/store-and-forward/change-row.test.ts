import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricChange, MetricValue } from '../../shared/domain/metric.ts';
import { identityCrc, parseColumns, toColumns } from './change-row.ts';

const identity = { deviceId: 'press-1', metricName: 'Temperature', datatype: 'Double' } as const;
const change = (value: MetricValue): MetricChange => ({
  ...identity,
  value,
  quality: 'good',
  statusCode: 0x80_00_00_00,
  timestampMs: 1_767_600_000_123,
});
const place = { rowId: 7, metricId: 3, metricCrc: identityCrc(identity), storedAtMs: 1_767_600_000_200 };

const value = fc.oneof(
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.boolean(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array(),
  fc.constant(null),
);

describe('change row', () => {
  it('gives back every value exactly', () => {
    fc.assert(
      fc.property(value, (each) => {
        const columns = toColumns(change(each), place);
        expect(parseColumns(columns, identity, place.metricCrc)).toStrictEqual({
          ...change(each),
          rowId: 7,
          storedAtMs: place.storedAtMs,
        });
      }),
    );
  });

  it.each([
    ['value', { value: 21.500001 }],
    ['value class', { value: '21.5' }],
    ['quality', { quality: 1 }],
    ['quality that does not exist', { quality: 9 }],
    ['status code', { status_code: 0 }],
    ['time', { timestamp_ms: 1_767_600_000_124 }],
    ['row id', { row_id: 8 }],
    ['metric', { metric_id: 4 }],
  ])('sees a damaged %s', (_name, damage) => {
    const columns = toColumns(change(21.5), place);
    expect(parseColumns({ ...columns, ...damage }, identity, place.metricCrc)).toBeUndefined();
  });

  it('sees a damaged metric name', () => {
    const columns = toColumns(change(21.5), place);
    const damaged = { ...identity, metricName: 'Temperatuse' };
    expect(parseColumns(columns, damaged, identityCrc(damaged))).toBeUndefined();
  });
});
