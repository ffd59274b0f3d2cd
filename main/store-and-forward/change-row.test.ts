import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricChange, MetricValue } from '../../shared/domain/metric.ts';
import { type ChangeColumns, estimateRowBytes, identityCrc, parseColumns, toColumns } from './change-row.ts';

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
  fc.array(fc.double()),
  fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })),
  fc.array(fc.boolean()),
  fc.array(fc.string({ unit: 'binary' })),
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

  it.each<[MetricValue, number, ChangeColumns['value'], number]>([
    [null, 0, null, 166_114_384],
    [21.5, 1, 21.5, 3_979_129_044],
    [Number.NaN, 2, Uint8Array.of(0, 0, 0, 0, 0, 0, 248, 127), 2_005_115_876],
    [18_446_744_073_709_551_615n, 3, '18446744073709551615', 2_217_682_343],
    [true, 4, 1, 570_526_014],
    ['[1]', 5, '[1]', 1_415_760_020],
    [Uint8Array.of(91, 93), 6, Uint8Array.of(91, 93), 1_862_308_745],
  ])('reads %s as a file holds it that was written before there were arrays', (value, kind, stored, crc) => {
    const columns = { ...toColumns(change(null), place), value_kind: kind, value: stored, crc32: crc };
    expect(parseColumns(columns, identity, place.metricCrc)).toMatchObject({ value });
  });

  it('estimates a row of a long array by the bytes it takes', () => {
    const items = Array.from({ length: 1_000 }, (_, index) => 1e300 / (index + 1));
    const { value } = toColumns(change(items), place);
    expect(estimateRowBytes(items)).toBeGreaterThan(Buffer.byteLength(String(value)));
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
    ['class', { priority: 0 }],
    ['class that does not exist', { priority: 3 }],
  ])('sees a damaged %s', (_name, damage) => {
    const columns = toColumns(change(21.5), place);
    expect(parseColumns({ ...columns, ...damage }, identity, place.metricCrc)).toBeUndefined();
  });

  it('keeps the class, and sees it damaged', () => {
    const columns = toColumns({ ...change(21.5), priority: 'low' }, place);
    expect(parseColumns(columns, identity, place.metricCrc)).toMatchObject({ priority: 'low' });
    expect(parseColumns({ ...columns, priority: 1 }, identity, place.metricCrc)).toBeUndefined();
  });

  it('takes a row with the checksum of version 1 for whole, of normal class only', () => {
    const columns = { ...toColumns(change(21.5), place), crc32: 3_979_129_044 };
    expect(parseColumns(columns, identity, place.metricCrc)).toMatchObject(change(21.5));
    expect(parseColumns({ ...columns, priority: 0 }, identity, place.metricCrc)).toBeUndefined();
    expect(parseColumns({ ...columns, value: 21.6 }, identity, place.metricCrc)).toBeUndefined();
  });

  it('sees a damaged metric name', () => {
    const columns = toColumns(change(21.5), place);
    const damaged = { ...identity, metricName: 'Temperatuse' };
    expect(parseColumns(columns, damaged, identityCrc(damaged))).toBeUndefined();
  });
});
