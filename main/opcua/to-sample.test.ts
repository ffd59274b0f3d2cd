import fc from 'fast-check';
import { DataType, resolveNodeId, StatusCode, StatusCodes, VariantArrayType } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import type { Datatype, TagId } from '../../shared/domain/metric.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import { describeStatus, toQuality, toSample } from './to-sample.ts';

const RECEIVED_AT_MS = 5_000;

const tagOf = (datatype: Datatype): OpcuaTag => ({
  tagId: 'Filler.X' as TagId,
  node: 'nsu=urn:x;s=X',
  datatype,
  samplingIntervalMs: 0,
  queueSize: 1,
  isExempt: false,
});
const scalar = (dataType: DataType, value: unknown) => ({ dataType, arrayType: VariantArrayType.Scalar, value });
const convert = (datatype: Datatype, dataType: DataType, value: unknown) =>
  toSample(tagOf(datatype), { value: scalar(dataType, value), statusCode: StatusCodes.Good }, RECEIVED_AT_MS);
const toWords = (value: bigint): number[] => [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];

describe('toSample values', () => {
  it('keeps every Int64 and UInt64 exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(convert('Int64', DataType.Int64, toWords(value)).sample).toMatchObject({ value, quality: 'good' });
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(convert('UInt64', DataType.UInt64, toWords(value)).sample).toMatchObject({ value, quality: 'good' });
      }),
    );
  });

  it('keeps every double, with NaN, infinities and minus zero', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        expect(convert('Double', DataType.Double, value).sample.value).toBe(value);
      }),
    );
  });

  it('takes an integer for any integer datatype that can hold it exactly, and refuses it else', () => {
    const ranges = { Int8: [-128, 127], UInt8: [0, 255], Int16: [-32768, 32767], UInt16: [0, 65535] } as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(ranges) as (keyof typeof ranges)[])),
        fc.integer({ min: -70_000, max: 70_000 }),
        (datatype, value) => {
          const [least, most] = ranges[datatype];
          const { sample } = convert(datatype, DataType.Int32, value);
          if (value >= least && value <= most) expect(sample).toMatchObject({ value, quality: 'good' });
          else expect(sample).toMatchObject({ value: null, quality: 'bad', statusCode: 0x803c0000 });
        },
      ),
    );
  });

  it.each([
    ['UInt32', DataType.UInt32, 4_294_967_295, 4_294_967_295],
    ['Int64', DataType.UInt32, 7, 7n],
    ['Int32', DataType.Double, 3, 3],
    ['Double', DataType.Int64, [0, 9], 9],
    ['Float', DataType.Double, 0.1, Math.fround(0.1)],
    ['Float', DataType.Int32, 16_777_216, 16_777_216],
    ['UInt32', DataType.StatusCode, StatusCodes.BadSensorFailure, 0x808c0000],
    ['String', DataType.NodeId, resolveNodeId('ns=1;s=a'), 'ns=1;s=a'],
    ['String', DataType.XmlElement, '<a/>', '<a/>'],
    ['Text', DataType.LocalizedText, { text: null, locale: null }, null],
    ['Bytes', DataType.ByteString, null, null],
    ['Boolean', DataType.Boolean, false, false],
    ['String', DataType.String, '', ''],
    ['String', DataType.LocalizedText, { text: 'Läuft', locale: 'de' }, 'Läuft'],
    ['Text', DataType.QualifiedName, { name: 'Execute', namespaceIndex: 1 }, 'Execute'],
    ['UUID', DataType.Guid, '72962B91-FA75-4AE6-8D28-B404DC7DAF63', '72962b91-fa75-4ae6-8d28-b404dc7daf63'],
    ['DateTime', DataType.DateTime, new Date(1_700_000_000_123), 1_700_000_000_123],
    ['String', DataType.String, null, null],
  ] as const)('takes as %s the variant %s %j', (datatype, dataType, value, expected) => {
    const { sample, reason } = convert(datatype, dataType, value);
    expect(sample).toMatchObject({ value: expected, quality: 'good', statusCode: 0 });
    expect(reason).toBeNull();
  });

  it('copies a byte string, so that the buffer of the driver may be reused', () => {
    const bytes = Buffer.from([1, 2, 255]);
    const { value } = convert('Bytes', DataType.ByteString, bytes).sample;
    bytes[0] = 9;
    expect(value).toEqual(new Uint8Array([1, 2, 255]));
  });

  it.each([
    ['Double', DataType.String, '1.5', 'the value has another datatype, configured is Double'],
    ['String', DataType.Int32, 3, 'the value has another datatype, configured is String'],
    ['Boolean', DataType.Int32, 1, 'the value has another datatype, configured is Boolean'],
    ['Int32', DataType.Double, 1.5, 'the value is out of range, configured is Int32'],
    ['Float', DataType.Int32, 16_777_217, 'the value is out of range, configured is Float'],
    ['Int32', DataType.Double, Number.NaN, 'the value is out of range, configured is Int32'],
    ['Double', DataType.Int64, toWords(2n ** 53n + 1n), 'the value is out of range, configured is Double'],
    ['Float', DataType.Double, 1e300, 'the value is out of range, configured is Float'],
    ['UUID', DataType.String, 'no uuid', 'the value is out of range, configured is UUID'],
    ['String', DataType.ExtensionObject, {}, 'the value is a structure, configured is String'],
  ] as const)('refuses as %s the variant %s %j', (datatype, dataType, value, reason) => {
    const outcome = convert(datatype, dataType, value);
    expect(outcome.sample).toMatchObject({ value: null, quality: 'bad' });
    expect(outcome.reason).toBe(reason);
  });

  it('refuses an array with a reason', () => {
    const value = { dataType: DataType.Double, arrayType: VariantArrayType.Array, value: new Float64Array([1, 2]) };
    const outcome = toSample(tagOf('Double'), { value, statusCode: StatusCodes.Good }, RECEIVED_AT_MS);
    expect(outcome.sample).toMatchObject({ value: null, quality: 'bad', statusCode: 0x80740000 });
    expect(outcome.reason).toBe('the value is an array, configured is Double');
  });
});

describe('toSample status and times', () => {
  const value = scalar(DataType.Double, 1);

  it('takes the quality from the severity bits of any status code', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (code) => {
        const expected = (['good', 'uncertain', 'bad', 'bad'] as const)[Math.floor(code / 2 ** 30)];
        expect(toQuality(code)).toBe(expected);
      }),
    );
  });

  it('keeps value and status code of a bad or uncertain value and says why', () => {
    const bad = toSample(tagOf('Double'), { value, statusCode: StatusCodes.BadSensorFailure }, 0);
    expect(bad.sample).toMatchObject({ value: 1, quality: 'bad', statusCode: 0x808c0000 });
    expect(bad.reason).toBe('BadSensorFailure');
    const uncertain = toSample(tagOf('Double'), { value, statusCode: StatusCodes.UncertainLastUsableValue }, 0);
    expect(uncertain.sample).toMatchObject({ value: 1, quality: 'uncertain', statusCode: 0x40900000 });
  });

  it('reads the overflow bit and leaves the status good', () => {
    const statusCode = StatusCode.makeStatusCode(StatusCodes.Good, 'Overflow | InfoTypeDataValue');
    const { sample, reason } = toSample(tagOf('Double'), { value, statusCode }, 0);
    expect(sample).toMatchObject({ hasOverflow: true, quality: 'good', statusCode: 0 });
    expect(reason).toBeNull();
  });

  it('keeps the source time, however wrong it is', () => {
    const sourceTimestamp = new Date(Date.UTC(2036, 0, 1));
    const serverTimestamp = new Date(1_000);
    const { sample } = toSample(tagOf('Double'), { value, sourceTimestamp, serverTimestamp }, RECEIVED_AT_MS);
    expect(sample).toMatchObject({
      sourceTimestampMs: sourceTimestamp.getTime(),
      hasSourceTime: true,
      serverTimestampMs: 1_000,
    });
  });

  it('uses the server time where there is no source time, and our own where there is neither, and flags it', () => {
    const server = toSample(tagOf('Double'), { value, serverTimestamp: new Date(1_000) }, RECEIVED_AT_MS);
    expect(server.sample).toMatchObject({ sourceTimestampMs: 1_000, hasSourceTime: false, serverTimestampMs: 1_000 });
    const none = toSample(tagOf('Double'), { value }, RECEIVED_AT_MS);
    expect(none.sample).toMatchObject({ sourceTimestampMs: 5_000, hasSourceTime: false, serverTimestampMs: 5_000 });
  });

  it('names status codes as the standard does', () => {
    expect(describeStatus(0x80340000)).toBe('BadNodeIdUnknown');
  });
});
