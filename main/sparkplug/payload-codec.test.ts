import fc from 'fast-check';
import sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { describe, expect, it } from 'vitest';
import { Datatype, DATATYPE_CODES, type MetricValue } from '../../shared/domain/metric.ts';
import { Quality } from '../../shared/domain/quality.ts';
import { decodePayload } from './decode-payload.ts';
import { encodePayload, type OutgoingValue, toWireMetric } from './encode-payload.ts';
import { toMetricValue } from './metric-value.ts';
import type { Payload, PayloadMetric } from './payload.ts';

const integer = (bits: number, isSigned: boolean): fc.Arbitrary<number> =>
  isSigned
    ? fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
    : fc.maxSafeNat().map((value) => value % 2 ** bits);

/** NUL ends a text of a StringArray, so none can hold one. */
const itemText = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', 'N'));
const instant = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });

const VALUES: Record<Datatype, fc.Arbitrary<MetricValue>> = {
  Int8: integer(8, true),
  Int16: integer(16, true),
  Int32: integer(32, true),
  Int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  UInt8: integer(8, false),
  UInt16: integer(16, false),
  UInt32: integer(32, false),
  UInt64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  Float: fc.float(),
  Double: fc.double(),
  Boolean: fc.boolean(),
  String: fc.string({ unit: 'binary' }),
  DateTime: instant,
  Text: fc.string({ unit: 'binary' }),
  UUID: fc.uuid(),
  Bytes: fc.uint8Array({ maxLength: 64 }),
  Int8Array: fc.array(integer(8, true)),
  Int16Array: fc.array(integer(16, true)),
  Int32Array: fc.array(integer(32, true)),
  Int64Array: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  UInt8Array: fc.array(integer(8, false)),
  UInt16Array: fc.array(integer(16, false)),
  UInt32Array: fc.array(integer(32, false)),
  UInt64Array: fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  FloatArray: fc.array(fc.float()),
  DoubleArray: fc.array(fc.double()),
  BooleanArray: fc.array(fc.boolean(), { maxLength: 40 }),
  StringArray: fc.array(itemText),
  DateTimeArray: fc.array(instant),
};

const outgoing: fc.Arbitrary<OutgoingValue> = fc.constantFrom(...Datatype.options).chain((datatype) =>
  fc.record({
    datatype: fc.constant(datatype),
    value: fc.option(VALUES[datatype]),
    quality: fc.constantFrom(...Quality.options),
    statusCode: fc.oneof(fc.constant(0), integer(32, false)),
    timestampMs: fc.maxSafeNat(),
  }),
);

function decoded(bytes: Uint8Array): Payload {
  const result = decodePayload(bytes);
  if (result.kind === 'fault') throw new Error(`refused as ${result.reason}`);
  return result.payload;
}

function first(payload: Payload): PayloadMetric {
  const [metric] = payload.metrics;
  if (metric === undefined) throw new Error('no metric');
  return metric;
}

describe('payload codec', () => {
  it('gives every scalar and every array back exactly, in births and under the datatype of the birth in data', () => {
    fc.assert(
      fc.property(outgoing, fc.boolean(), fc.nat(255), (value, isHistorical, seq) => {
        const birth = toWireMetric({ name: 'a/b', alias: 7, hasDatatype: true, isHistorical }, value);
        const data = toWireMetric({ alias: 7, hasDatatype: false, isHistorical }, value);
        const payload = decoded(encodePayload(1_764_000_000_000, seq, [birth, data]));
        expect(payload.seq).toBe(seq);
        expect(payload.timestampMs).toBe(1_764_000_000_000);
        expect(payload.metrics.map((metric) => metric.datatype)).toEqual([DATATYPE_CODES[value.datatype], undefined]);
        expect(payload.metrics.map((metric) => metric.name)).toEqual(['a/b', undefined]);
        for (const metric of payload.metrics) {
          expect(toMetricValue(metric, DATATYPE_CODES[value.datatype])).toEqual(value.value);
          expect(metric).toMatchObject({ alias: 7, timestampMs: value.timestampMs, isHistorical });
          const quality = { good: undefined, uncertain: 0, bad: 0, stale: 500 }[value.quality];
          expect(metric.properties?.get('Quality')?.value).toBe(quality);
          const implied = value.quality === 'uncertain' ? 0x4000_0000 : undefined;
          expect(metric.properties?.get('StatusCode')?.value).toBe(value.statusCode || implied);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('writes UInt32 into int_value and takes it from long_value too', () => {
    const { Payload: Generated } = sparkplugProto.org.eclipse.tahu.protobuf;
    const ours = encodePayload(0, 0, [
      toWireMetric(
        { alias: 1, hasDatatype: false, isHistorical: false },
        { datatype: 'UInt32', value: 4_294_967_295, quality: 'good', statusCode: 0, timestampMs: 0 },
      ),
    ]);
    expect(first(decoded(ours))).toMatchObject({ wireKind: 'int', wireValue: 4_294_967_295 });
    const theirs = Generated.encode({ metrics: [{ alias: 1, longValue: 4_294_967_295 }] }).finish();
    expect(toMetricValue(first(decoded(theirs)), DATATYPE_CODES.UInt32)).toBe(4_294_967_295);
  });

  it.each([
    ['Int8', 128],
    ['UInt16', -1],
    ['Int32', 1.5],
    ['Int64', 1],
    ['UInt64', -1n],
    ['String', 1],
    ['Boolean', 1],
    ['Double', 'x'],
    ['DateTime', Number.NaN],
    ['Float', 1e39],
    ['String', 'half a pair \ud83d'],
    ['Int8Array', [1, 128]],
    ['UInt16Array', [1.5]],
    ['Int64Array', [1]],
    ['UInt64Array', [2n ** 64n]],
    ['FloatArray', [1e39]],
    ['BooleanArray', ['true']],
    ['StringArray', ['a\0b']],
    ['StringArray', ['\udc00']],
    ['DateTimeArray', [0.5]],
    ['DoubleArray', 1],
    ['Double', [1]],
    ['UInt8Array', Uint8Array.of(1)],
    ['Bytes', [1]],
  ] as const)('sends a value that %s cannot hold (%s) as null and bad, not as another value', (datatype, value) => {
    const outside = { datatype, value, quality: 'good', statusCode: 0, timestampMs: 5 } as const;
    const metric = first(
      decoded(encodePayload(0, 0, [toWireMetric({ alias: 1, hasDatatype: true, isHistorical: false }, outside)])),
    );
    expect(metric.isNull).toBe(true);
    expect(metric.properties?.get('Quality')?.value).toBe(0);
    expect(metric.properties?.get('StatusCode')?.value).toBe(0x8074_0000);
  });

  it('reads no value of an integer as undecodable, never as 0', () => {
    const { Payload: Generated } = sparkplugProto.org.eclipse.tahu.protobuf;
    const bytes = Generated.encode({ metrics: [{ name: 'v', datatype: DATATYPE_CODES.Int32 }] }).finish();
    expect(toMetricValue(first(decoded(bytes)), DATATYPE_CODES.Int32)).toBeUndefined();
  });
});

describe('a metric of a datatype that no tag has', () => {
  const head = { name: 'v', alias: 1, hasDatatype: true, isHistorical: false };
  const state = { quality: 'good', statusCode: 0, timestampMs: 5 } as const;
  const encodeFirst = (outgoing: Parameters<typeof toWireMetric>[1]): PayloadMetric =>
    first(decoded(encodePayload(0, 0, [toWireMetric(head, outgoing)])));
  const recipe = { columns: ['step', 'note'], types: [3, 12], rows: [[1, 'heat'], [2, null]] }; // prettier-ignore
  const instance = { version: '1.0', templateRef: 'Motor', isDefinition: false, metrics: [], parameters: [] };
  const meta = { isMultiPart: false, contentType: 'text/csv', sizeBytes: 3, seq: 0, fileName: 'a.csv' };
  const metadata = { ...meta, fileType: undefined, md5: undefined, description: undefined };

  it('goes out with its structure and comes back as it was', () => {
    const dataSet = encodeFirst({ ...state, datatype: 'DataSet', value: recipe });
    expect(dataSet).toMatchObject({ datatype: 16, properties: undefined });
    expect(toMetricValue(dataSet, 16)).toEqual(recipe);
    const template = encodeFirst({ ...state, datatype: 'Template', value: instance });
    expect(template.datatype).toBe(19);
    expect(toMetricValue(template, 19)).toEqual(instance);
    const file = encodeFirst({ ...state, datatype: 'File', value: Uint8Array.of(1, 2, 3), metadata });
    expect(file).toMatchObject({ datatype: 18, metadata });
    expect(toMetricValue(file, 18)).toEqual(Uint8Array.of(1, 2, 3));
    const nothing = encodeFirst({ ...state, datatype: 'DataSet', value: null });
    expect(nothing).toMatchObject({ datatype: 16, isNull: true, properties: undefined });
  });

  it.each<[string, Parameters<typeof toWireMetric>[1]]>([
    ['a row too short', { ...state, datatype: 'DataSet', value: { ...recipe, rows: [[1]] } }],
    ['no reference', { ...state, datatype: 'Template', value: { ...instance, templateRef: undefined } }],
    [
      'a member that its definition lacks',
      {
        ...{ ...state, datatype: 'Template', definitions: new Map([['Motor', { ...instance, isDefinition: true }]]) },
        value: { ...instance, parameters: [{ name: 'kw', type: 10, value: 1 }] },
      },
    ],
  ])('goes out as null and bad with %s, not as a part of it', (_what, outgoing) => {
    const metric = encodeFirst(outgoing);
    expect(metric).toMatchObject({ isNull: true, wireKind: 'none' });
    expect(metric.properties?.get('StatusCode')?.value).toBe(0x8074_0000);
  });
});

describe('decoder against hostile bytes', () => {
  it('gives a result for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(['ok', 'fault']).toContain(decodePayload(bytes).kind);
      }),
      { numRuns: 5_000 },
    );
  });

  it('gives a result for damaged payloads, and readable values stay readable', () => {
    fc.assert(
      fc.property(
        fc.array(outgoing, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        fc.nat(255),
        fc.boolean(),
        (values, position, byte, isCut) => {
          const head = { name: 'v', alias: 1, hasDatatype: true, isHistorical: false };
          const bytes = new Uint8Array(
            encodePayload(
              0,
              0,
              values.map((value) => toWireMetric(head, value)),
            ),
          );
          const at = position % bytes.length;
          bytes[at] = byte;
          const result = decodePayload(isCut ? bytes.subarray(0, at) : bytes);
          if (result.kind === 'ok') {
            for (const metric of result.payload.metrics) toMetricValue(metric, metric.datatype ?? 0);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('refuses a string that claims to be longer than its metric', () => {
    // Metric of 3 bytes whose name says 9: the generated decoder cuts the name short in silence.
    expect(decodePayload(Uint8Array.of(0x12, 0x03, 0x0a, 0x09, 0x61))).toEqual({ kind: 'fault', reason: 'truncated' });
  });

  it('refuses nesting beyond the limit, whatever is nested', () => {
    const nest = (tags: readonly number[], levels: number): Uint8Array => {
      let inner: number[] = [];
      for (let level = 0; level < levels; level += 1) {
        for (const tag of tags) {
          const lengthBytes = inner.length < 128 ? [inner.length] : [(inner.length & 0x7f) | 0x80, inner.length >>> 7];
          inner = [...(tag > 0x7f ? [tag, 1] : [tag]), ...lengthBytes, ...inner];
        }
      }
      return Uint8Array.from(inner);
    };
    const wrap = (tag: number, bytes: Uint8Array): Uint8Array =>
      Uint8Array.from([tag, (bytes.length & 0x7f) | 0x80, bytes.length >>> 7, ...bytes]);
    const templates = wrap(0x12, nest([0x12, 0x92], 200));
    const properties = wrap(0x12, wrap(0x4a, nest([0x4a, 0x12], 200)));
    expect(decodePayload(templates)).toEqual({ kind: 'fault', reason: 'too-deep' });
    expect(decodePayload(properties)).toEqual({ kind: 'fault', reason: 'too-deep' });
  });
});
