import fc from 'fast-check';
import {
  type ArrayDatatype,
  DATATYPE_CODES,
  type ScalarDatatype,
  type ScalarValue,
} from '../../shared/domain/metric.ts';
import { encodeArray } from '../sparkplug/encode-array.ts';
import type { DataSet, MetaData, Payload, PayloadMetric, PropertySet, PropertyValue } from '../sparkplug/payload.ts';
import { PAYLOAD_DATATYPES, type Template, type TemplateParameter, type WireKind } from '../sparkplug/payload.ts';

/** Payloads of every datatype with nesting, nulls and values at their limits, as `decodePayload` would give them. */

const integer = (bits: number, isSigned: boolean): fc.Arbitrary<number> =>
  isSigned
    ? fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
    : fc.double({ noNaN: true, min: 0, max: 1 }).map((share) => Math.floor(share * (2 ** bits - 1)));

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 50 }));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const option = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

/** With the prototype that the decoder's objects have. */
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record<T>(model, { noNullPrototype: true });

/** Datatypes of cells, parameters and properties. */
type CellDatatype = Exclude<ScalarDatatype, 'Bytes'>;

const CELLS: Readonly<Record<CellDatatype, fc.Arbitrary<Exclude<ScalarValue, null | Uint8Array>>>> = {
  Int8: integer(8, true),
  Int16: integer(16, true),
  Int32: integer(32, true),
  Int64: int64,
  UInt8: integer(8, false),
  UInt16: integer(16, false),
  UInt32: integer(32, false),
  UInt64: uint64,
  Float: fc.float(),
  Double: fc.double(),
  Boolean: fc.boolean(),
  String: text,
  DateTime: fc.maxSafeInteger(),
  Text: text,
  UUID: fc.uuid(),
};
const CELL_DATATYPES = Object.keys(CELLS) as CellDatatype[];
const cellDatatype = fc.constantFrom(...CELL_DATATYPES);

const dataSet: fc.Arbitrary<DataSet> = fc.array(fc.tuple(text, cellDatatype), { maxLength: 4 }).chain((columns) =>
  record({
    columns: fc.constant(columns.map(([name]) => name)),
    types: fc.constant(columns.map(([, datatype]) => DATATYPE_CODES[datatype])),
    rows: fc.array(fc.tuple(...columns.map(([, datatype]) => fc.option(CELLS[datatype]))), { maxLength: 4 }),
  }),
);

const parameter: fc.Arbitrary<TemplateParameter> = cellDatatype.chain((datatype) =>
  record({
    name: option(text),
    type: fc.constant(DATATYPE_CODES[datatype]),
    value: fc.option(CELLS[datatype]),
  }),
);

const metaData: fc.Arbitrary<MetaData> = record({
  isMultiPart: option(fc.boolean()),
  contentType: option(text),
  sizeBytes: option(fc.maxSafeNat()),
  seq: option(fc.maxSafeNat()),
  fileName: option(text),
  fileType: option(text),
  md5: option(text),
  description: option(text),
});

const { set: propertySet } = fc.letrec<{ set: PropertySet; value: PropertyValue }>((tie) => ({
  set: fc
    .array(fc.tuple(fc.oneof(text, fc.constant('__proto__')), tie('value')), { maxLength: 3 })
    .map((entries) => new Map(entries)),
  value: fc.oneof(
    { maxDepth: 3 },
    cellDatatype.chain((datatype) =>
      record({
        type: fc.constant<number | undefined>(DATATYPE_CODES[datatype]),
        value: fc.option(CELLS[datatype]),
      }),
    ),
    // Without a type the field is chosen by the value: an integer is a uint32, all else a double.
    record({ type: fc.constant(undefined), value: fc.oneof(text, fc.boolean(), uint64, fc.double()) }),
    record({ type: fc.constantFrom(undefined, 20), value: tie('set') }),
    record({ type: fc.constantFrom(undefined, 21), value: fc.array(tie('set'), { maxLength: 2 }) }),
  ),
}));

interface Wire {
  readonly datatype: number;
  readonly wireKind: WireKind;
  readonly wireValue: PayloadMetric['wireValue'];
}

const KINDS: Readonly<Partial<Record<ScalarDatatype, WireKind>>> = {
  ...{ Int64: 'long', UInt64: 'long', DateTime: 'long', Float: 'float', Double: 'double', Boolean: 'boolean' },
  ...{ String: 'string', Text: 'string', UUID: 'string' },
};

/** The two's complement of a signed integer, everything else as it is. */
function toWire(datatype: ScalarDatatype, value: Exclude<ScalarValue, null>): Wire {
  const wireKind = KINDS[datatype] ?? 'int';
  const isLong = wireKind === 'long' && (typeof value === 'bigint' || typeof value === 'number');
  const wireValue = isLong ? BigInt.asUintN(64, BigInt(value)) : wireKind === 'int' ? Number(value) >>> 0 : value;
  return { datatype: DATATYPE_CODES[datatype], wireKind, wireValue };
}

const bytes = (datatype: number, arbitrary: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Wire> =>
  arbitrary.map((wireValue) => ({ datatype, wireKind: 'bytes', wireValue }));

const arrayWire = (datatype: ArrayDatatype): fc.Arbitrary<Wire> => {
  const item = CELLS[datatype.slice(0, -'Array'.length) as CellDatatype];
  // A text that holds a zero byte has no place in a StringArray: then there are no items.
  const packed = fc
    .array(item, { maxLength: 20 })
    .map((items) => new Uint8Array(encodeArray(datatype, items as string[]) ?? []));
  return bytes(DATATYPE_CODES[datatype], packed);
};

const plainWire: fc.Arbitrary<Wire> = fc.oneof(
  ...CELL_DATATYPES.map((datatype) => CELLS[datatype].map((value) => toWire(datatype, value))),
  ...(Object.keys(DATATYPE_CODES) as (keyof typeof DATATYPE_CODES)[])
    .filter((datatype): datatype is ArrayDatatype => datatype.endsWith('Array'))
    .map(arrayWire),
  bytes(DATATYPE_CODES.Bytes, fc.uint8Array({ maxLength: 40 })),
  bytes(PAYLOAD_DATATYPES.indexOf('File'), fc.uint8Array({ maxLength: 40 })),
  dataSet.map((wireValue) => ({
    datatype: PAYLOAD_DATATYPES.indexOf('DataSet'),
    wireKind: 'dataset' as const,
    wireValue,
  })),
);

/** A null of any datatype, or its value; DATA gives no datatype. */
const toMetric = (wire: fc.Arbitrary<Wire>): fc.Arbitrary<PayloadMetric> =>
  record({
    wire,
    name: option(text),
    alias: option(fc.oneof(fc.maxSafeNat(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }))),
    timestampMs: option(fc.maxSafeNat()),
    hasDatatype: fc.boolean(),
    isHistorical: fc.boolean(),
    isTransient: fc.boolean(),
    isNull: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    metadata: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, metaData),
    properties: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, propertySet),
  }).map(({ wire: { datatype, wireKind, wireValue }, hasDatatype, ...metric }) => ({
    ...metric,
    datatype: hasDatatype ? datatype : undefined,
    hasBadProperties: false,
    wireKind: metric.isNull ? 'none' : wireKind,
    wireValue: metric.isNull ? undefined : wireValue,
  }));

const { metric } = fc.letrec<{ metric: PayloadMetric; template: Template }>((tie) => ({
  metric: fc.oneof(
    { maxDepth: 3 },
    { weight: 5, arbitrary: toMetric(plainWire) },
    toMetric(
      tie('template').map((wireValue) => ({
        datatype: PAYLOAD_DATATYPES.indexOf('Template'),
        wireKind: 'template',
        wireValue,
      })),
    ),
  ),
  template: record({
    version: option(text),
    templateRef: text.map((name) => `_types_/${name}`),
    isDefinition: fc.boolean(),
    metrics: fc.array(tie('metric'), { maxLength: 3 }),
    parameters: fc.array(parameter, { maxLength: 3 }),
  }).map(({ templateRef, ...template }) => ({
    ...template,
    templateRef: template.isDefinition ? undefined : templateRef,
  })),
}));

export const payloadArbitrary: fc.Arbitrary<Payload> = record({
  timestampMs: option(fc.maxSafeNat()),
  seq: option(fc.nat(255)),
  metrics: fc.array(metric, { maxLength: 5 }),
  uuid: option(text),
  body: option(fc.uint8Array({ maxLength: 20 })),
});
