import { Argument, DataType, StatusCodes, VariantArrayType } from 'node-opcua';
import type { Datatype } from '../../shared/domain/metric.ts';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import type { ValueNode } from './value-server.ts';

/** One value: what the server is given, and the columns `value` and `meta` of its row. */
type Step = readonly [given: unknown, value: number | null, meta: TelemetryRow['meta']];

export interface ValueCase extends ValueNode {
  readonly datatype: Datatype;
  readonly steps: readonly Step[];
}

const words = (value: bigint): number[] => [Number((value >> 32n) & 0xffffffffn), Number(value & 0xffffffffn)];
const same = (...values: readonly number[]): Step[] => values.map((value) => [value, value, null]);
const text = (given: unknown, meant: string): Step => [given, null, { text: meant }];

const scalar = (
  datatype: Datatype,
  dataType: DataType,
  steps: readonly Step[],
  name: string = datatype,
): ValueCase => ({
  name,
  datatype,
  dataType,
  arrayType: VariantArrayType.Scalar,
  steps,
});

/** Each list is one value; what is stored of it is the second, or the same. */
function array(
  datatype: Datatype,
  dataType: DataType,
  lists: readonly (readonly [given: readonly unknown[], items?: readonly (string | number | boolean)[]])[],
  name: string = datatype,
): ValueCase {
  const steps = lists.map(([given, items = given as readonly number[]]): Step => [given, null, { items, datatype }]);
  return { name, datatype, dataType, arrayType: VariantArrayType.Array, steps };
}

const INT64: readonly bigint[] = [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n];
const UINT64: readonly bigint[] = [2n ** 64n - 1n, 2n ** 53n + 1n];
const wide = (value: bigint): Step => [words(value), Number(value), { exact: String(value) }];
const EARLIEST_MS = Date.UTC(1601, 0, 1);
const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);
const GUID = '72962B91-FA75-4AE6-8D28-B404DC7DAF63';
const LARGEST_FLOAT = 3.4028234663852886e38;
const SMALLEST_FLOAT = 1.401298464324817e-45;
const BAD_TYPE_MISMATCH = 0x80740000;
const MEGABYTE = 'Größe🏭x'.repeat(100_000);

/** Every scalar and every array datatype at its limits, and what must be refused. */
export const VALUE_CASES: readonly ValueCase[] = [
  scalar('Int8', DataType.SByte, same(-128, 127, 0)),
  scalar('UInt8', DataType.Byte, same(0, 255)),
  scalar('Int16', DataType.Int16, same(-32_768, 32_767)),
  scalar('UInt16', DataType.UInt16, same(0, 65_535)),
  scalar('Int32', DataType.Int32, same(-2_147_483_648, 2_147_483_647)),
  scalar('UInt32', DataType.UInt32, same(0, 4_294_967_295)),
  scalar('UInt32', DataType.StatusCode, [[StatusCodes.BadSensorFailure, 0x808c0000, null]], 'StatusCode'),
  scalar('Int64', DataType.Int64, [...INT64.map(wide), [words(-1n), -1, null]]),
  scalar('UInt64', DataType.UInt64, [...UINT64.map(wide), [words(0n), 0, null]]),
  scalar('Float', DataType.Float, same(Number.NaN, -0, Infinity, -LARGEST_FLOAT, SMALLEST_FLOAT)),
  scalar('Float', DataType.Double, [[0.1, Math.fround(0.1), null]], 'FloatOfDouble'),
  scalar('Double', DataType.Double, same(Number.NaN, -0, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE)),
  scalar('Boolean', DataType.Boolean, [
    [true, 1, null],
    [false, 0, null],
  ]),
  scalar('String', DataType.String, [
    text('Grüße 🏭', 'Grüße 🏭'),
    text('', ''),
    [null, null, null],
    text(MEGABYTE, MEGABYTE),
    ['Held\0', null, { text: 'Held\u2400', nulCount: 1 }],
  ]),
  scalar('String', DataType.LocalizedText, [text({ text: 'Läuft', locale: 'de' }, 'Läuft')], 'LocalizedText'),
  scalar('Text', DataType.QualifiedName, [text({ name: 'Execute', namespaceIndex: 1 }, 'Execute')], 'QualifiedName'),
  scalar('Text', DataType.XmlElement, [text('<a b="c"/>', '<a b="c"/>')], 'XmlElement'),
  scalar('UUID', DataType.Guid, [text(GUID, GUID.toLowerCase())]),
  scalar('DateTime', DataType.DateTime, [
    [new Date(EARLIEST_MS), EARLIEST_MS, null],
    [new Date(-1), -1, null],
    [new Date(LATEST_MS), LATEST_MS, null],
  ]),
  scalar('Bytes', DataType.ByteString, [
    [Buffer.of(0, 255), null, { bytesBase64: 'AP8=' }],
    [Buffer.alloc(0), null, { bytesBase64: '' }],
    [null, null, null],
  ]),

  array('Int8Array', DataType.SByte, [[[-128, 0, 127]], [[]]]),
  array('UInt8Array', DataType.Byte, [[[0, 255]], [[]]]),
  array('Int16Array', DataType.Int16, [[[-32_768, 32_767]]]),
  array('UInt16Array', DataType.UInt16, [[[0, 65_535]]]),
  array('Int32Array', DataType.Int32, [[[-2_147_483_648, 2_147_483_647]]]),
  array('UInt32Array', DataType.UInt32, [[[0, 4_294_967_295]]]),
  array('Int64Array', DataType.Int64, [[INT64.map(words), INT64.map(String)], [[]]]),
  array('UInt64Array', DataType.UInt64, [[UINT64.map(words), UINT64.map(String)]]),
  array('FloatArray', DataType.Float, [
    [
      [Number.NaN, -0, -Infinity, LARGEST_FLOAT, SMALLEST_FLOAT],
      ['NaN', '-0', '-Infinity', LARGEST_FLOAT, SMALLEST_FLOAT],
    ],
  ]),
  array('DoubleArray', DataType.Double, [
    [
      [Number.NaN, -0, Infinity, Number.MAX_VALUE, Number.MIN_VALUE, 0.1],
      ['NaN', '-0', 'Infinity', Number.MAX_VALUE, Number.MIN_VALUE, 0.1],
    ],
    [Array.from({ length: 20_000 }, (_item, index) => index / 7)],
    [[]],
  ]),
  array('BooleanArray', DataType.Boolean, [[[true, false, true, true, false, false, true, false, true]], [[]]]),
  array('StringArray', DataType.String, [[['', 'Grüße 🏭', '[1]', 'x'.repeat(1_000)]], [[]]]),
  array('DateTimeArray', DataType.DateTime, [
    [[EARLIEST_MS, -1, LATEST_MS].map((atMs) => new Date(atMs)), [EARLIEST_MS, -1, LATEST_MS]],
  ]),
  array('StringArray', DataType.Guid, [[[GUID]]], 'GuidArray'),
  {
    ...array('UInt8Array', DataType.ByteString, []),
    name: 'ByteStringAsArray',
    arrayType: VariantArrayType.Scalar,
    steps: [[Buffer.of(0, 255), null, { items: [0, 255], datatype: 'UInt8Array' }]],
  },
  {
    ...array('Bytes', DataType.Byte, []),
    name: 'ByteArrayAsBytes',
    steps: [[Uint8Array.of(0, 255), null, { bytesBase64: 'AP8=' }]],
  },

  refused('Double', DataType.Double, VariantArrayType.Array, [1, 2], 'ArrayAsScalar'),
  refused('DoubleArray', DataType.Double, VariantArrayType.Scalar, 1, 'ScalarAsArray'),
  { ...refused('DoubleArray', DataType.Double, VariantArrayType.Matrix, [1, 2, 3, 4], 'Matrix'), dimensions: [2, 2] },
  refused('String', DataType.ExtensionObject, VariantArrayType.Scalar, new Argument({ name: 'x' }), 'Structure'),
  refused('StringArray', DataType.String, VariantArrayType.Array, ['a', null], 'NullItem'),
  refused('StringArray', DataType.String, VariantArrayType.Array, ['a\0b'], 'NulItem'),
];

/** The row says bad and why, and holds no value. */
function refused(
  datatype: Datatype,
  dataType: DataType,
  arrayType: VariantArrayType,
  given: unknown,
  name: string,
): ValueCase {
  return { name, datatype, dataType, arrayType, steps: [[given, null, { statusCode: BAD_TYPE_MISMATCH }]] };
}
