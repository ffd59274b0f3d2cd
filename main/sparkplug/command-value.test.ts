import { describe, expect, it } from 'vitest';
import type { Datatype } from '../../shared/domain/metric.ts';
import { parseCommandValue } from './command-value.ts';

describe('a value of the command line', () => {
  it.each<[Datatype, string, unknown]>([
    ['Int8', '-128', -128],
    ['UInt32', '4294967295', 4_294_967_295],
    ['Int64', '-9223372036854775808', -9_223_372_036_854_775_808n],
    ['UInt64', '18446744073709551615', 18_446_744_073_709_551_615n],
    ['Double', '1e-3', 0.001],
    ['Double', '-Infinity', -Infinity],
    ['Boolean', 'false', false],
    ['String', '', ''],
    ['DateTime', '2026-11-23T10:00:00Z', Date.UTC(2026, 10, 23, 10)],
    ['DateTime', '5', 5],
    ['Bytes', 'AQI=', Uint8Array.of(1, 2)],
    ['Int64Array', '["9007199254740993", 2]', [9_007_199_254_740_993n, 2n]],
    ['StringArray', '["a", "b"]', ['a', 'b']],
    ['BooleanArray', '[true, false]', [true, false]],
  ])('is read exactly as %s: %s', (datatype, text, value) => {
    expect(parseCommandValue(datatype, text)).toEqual(value);
  });

  it.each<[Datatype, string]>([
    ['Int8', '128'],
    ['Int16', '1.5'],
    ['UInt8', '-1'],
    ['UInt64', '18446744073709551616'],
    ['Int64', '0x10'],
    ['Float', '1e39'],
    ['Double', ''],
    ['Double', 'fast'],
    ['Boolean', '1'],
    ['UUID', 'x'],
    ['Bytes', '%'],
    ['DateTime', 'soon'],
    ['Int8Array', '[1, 300]'],
    ['Int8Array', '[1, null]'],
    ['Int8Array', '5'],
  ])('is refused as %s: %s', (datatype, text) => {
    expect(parseCommandValue(datatype, text)).toBeUndefined();
  });
});
