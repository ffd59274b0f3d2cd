import { describe, expect, it } from 'vitest';
import { type Datatype, DATATYPE_CODES } from '../../shared/domain/metric.ts';
import { type CommandValue, readCommandValue } from './commanded-value.ts';
import type { PayloadMetric, WireKind, WireValue } from './payload.ts';

const metricOf = (wireKind: WireKind, wireValue: WireValue, datatype?: Datatype): PayloadMetric => ({
  name: 'm',
  alias: undefined,
  timestampMs: undefined,
  datatype: datatype === undefined ? undefined : DATATYPE_CODES[datatype],
  isHistorical: false,
  isTransient: false,
  isNull: false,
  metadata: undefined,
  properties: undefined,
  hasBadProperties: false,
  wireKind,
  wireValue,
});
const read = (datatype: Datatype, kind: WireKind, value: WireValue, own?: Datatype): unknown => {
  const outcome: CommandValue = readCommandValue(metricOf(kind, value, own), datatype);
  return outcome.isFit ? outcome.value : outcome.reason;
};
const bytes = (...items: number[]): Uint8Array => Uint8Array.from(items);

describe('the value of a command', () => {
  it.each<[Datatype, WireKind, WireValue, unknown]>([
    ['Int8', 'int', 0xfb, -5],
    ['Int8', 'int', 0xfffffffb, -5],
    ['Int8', 'int', 128, -128],
    ['Int8', 'int', 256, 'out-of-range'],
    ['Int8', 'int', 0xffffff7f, 'out-of-range'],
    ['Int16', 'int', 0xffff, -1],
    ['Int32', 'int', 0xffffffff, -1],
    ['Int32', 'long', 2n ** 31n, -(2 ** 31)],
    ['Int32', 'long', 2n ** 32n, 'out-of-range'],
    ['Int64', 'long', 2n ** 64n - 1n, -1n],
    ['UInt8', 'int', 256, 'out-of-range'],
    ['UInt32', 'int', 0xffffffff, 0xffffffff],
    ['UInt32', 'long', 0xffffffffn, 0xffffffff],
    ['UInt32', 'long', 2n ** 32n, 'out-of-range'],
    ['UInt64', 'long', 2n ** 64n - 1n, 2n ** 64n - 1n],
    ['Int32', 'double', 5, 'wrong-type'],
    ['Double', 'int', 5, 'wrong-type'],
    ['Double', 'float', 0.5, 0.5],
    ['Float', 'double', 0.1, Math.fround(0.1)],
    ['Float', 'double', 1e39, 'out-of-range'],
    ['Float', 'double', Infinity, Infinity],
    ['Boolean', 'boolean', false, false],
    ['Boolean', 'int', 1, 'wrong-type'],
    ['String', 'string', '', ''],
    ['String', 'int', 5, 'wrong-type'],
    ['UUID', 'string', 'no uuid', 'wrong-type'],
    ['DateTime', 'long', 2n ** 64n - 1n, -1],
    ['DateTime', 'long', 2n ** 62n, 'out-of-range'],
    ['Int16Array', 'bytes', bytes(1, 0, 0xff, 0xff), [1, -1]],
    ['Int16Array', 'bytes', bytes(1, 0, 0xff), 'wrong-type'],
    ['Int32', 'none', undefined, 'no-value'],
  ])('for %s as %s %s is %s', (datatype, kind, value, expected) => {
    expect(read(datatype, kind, value)).toEqual(expected);
  });

  it('that is null is none', () => {
    const metric = { ...metricOf('int', 0), isNull: true };
    expect(readCommandValue(metric, 'Int32')).toMatchObject({ isFit: false, reason: 'no-value' });
  });

  it('may name its datatype, as long as that means the same value', () => {
    expect(read('Int32', 'int', 5, 'Int32')).toBe(5);
    expect(read('Int64', 'int', 5, 'Int32')).toBe(5n);
    expect(read('UInt32', 'int', 0xffffffff, 'Int32')).toBe('wrong-type');
    expect(read('UInt8', 'int', 0xfb, 'Int8')).toBe('wrong-type');
    expect(read('Text', 'string', 'a', 'String')).toBe('a');
    expect(read('UInt8Array', 'bytes', bytes(0xff), 'Int8Array')).toBe('wrong-type');
    expect(read('String', 'string', 'a', 'Int32')).toBe('wrong-type');
  });
});
