import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { describe, expect, it } from 'vitest';
import { payloadArbitrary } from '../testing/payload-arbitrary.ts';
import { decodePayload } from './decode-payload.ts';
import type { EncodeFaultReason } from './encode-fault.ts';
import { encodeMessage } from './encode-message.ts';
import type { DataSet, Payload, PayloadMetric, PropertyValue, Template, TemplateParameter } from './payload.ts';

const { Payload: Generated } = sparkplugProto.org.eclipse.tahu.protobuf;

function encoded(payload: Payload): Uint8Array {
  const result = encodeMessage(payload);
  if (result.kind === 'fault') throw new Error(`refused as ${result.reason} at ${result.at}`);
  return result.bytes;
}

function decoded(bytes: Uint8Array): Payload {
  const result = decodePayload(bytes);
  if (result.kind === 'fault') throw new Error(`refused as ${result.reason}`);
  return result.payload;
}

const PLAIN: PayloadMetric = {
  name: 'm',
  alias: undefined,
  timestampMs: undefined,
  datatype: undefined,
  isHistorical: false,
  isTransient: false,
  isNull: false,
  metadata: undefined,
  properties: undefined,
  hasBadProperties: false,
  wireKind: 'none',
  wireValue: undefined,
};
const metric = (part: Partial<PayloadMetric>): PayloadMetric => ({ ...PLAIN, ...part });
const payload = (...metrics: PayloadMetric[]): Payload => ({
  timestampMs: 1_764_000_000_000,
  seq: 0,
  metrics,
  uuid: undefined,
  body: undefined,
});
const dataSet = (part: Partial<DataSet>): PayloadMetric =>
  metric({
    datatype: 16,
    wireKind: 'dataset',
    wireValue: { columns: ['a', 'b'], types: [3, 12], rows: [[1, 'x']], ...part },
  });
const template = (part: Partial<Template>, name = 'instance'): PayloadMetric => {
  const instance = { version: undefined, templateRef: 'Motor', isDefinition: false, metrics: [], parameters: [] };
  return metric({ name, datatype: 19, wireKind: 'template', wireValue: { ...instance, ...part } });
};
const property = (value: PropertyValue): PayloadMetric => metric({ properties: new Map([['p', value]]) });
const rpm = metric({ name: 'rpm', datatype: 10, wireKind: 'double', wireValue: 1 });
const kw: TemplateParameter = { name: 'kw', type: 10, value: 5.5 };
const motor = template({ templateRef: undefined, isDefinition: true, metrics: [rpm], parameters: [kw] }, 'Motor');

function nestProperties(levels: number): PropertyValue {
  let value: PropertyValue = { type: 3, value: 1 };
  for (let level = 0; level < levels; level += 1) value = { type: 20, value: new Map([['p', value]]) };
  return value;
}

function nestTemplates(levels: number): PayloadMetric {
  let inner = rpm;
  for (let level = 0; level < levels; level += 1) inner = template({ metrics: [inner] });
  return inner;
}

describe('whole payloads', () => {
  it('come back as they were, whatever they hold, and the generated decoder sees the same fields', () => {
    fc.assert(
      fc.property(payloadArbitrary, (one) => {
        const bytes = encoded(one);
        expect(decoded(bytes)).toStrictEqual(one);
        expect(Buffer.compare(Generated.encode(Generated.decode(bytes)).finish(), bytes)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  const { vectors } = JSON.parse(
    readFileSync(new URL('../testing/vectors/sparkplug-payloads.json', import.meta.url), 'utf8'),
  ) as { readonly vectors: readonly { readonly name: string; readonly base64: string }[] };
  // Only what says nothing wrong, and nothing that a decoder has to forget.
  const whole = vectors.filter(
    ({ name }) => !/malformed|lies|longer than|differ|nested 60|unknown trailing/.test(name),
  );

  it.each(whole)('writes "$name" byte for byte as the independent runtime does', ({ base64 }) => {
    const bytes = encoded(decoded(Buffer.from(base64, 'base64')));
    expect(Buffer.from(bytes).toString('base64')).toBe(base64);
  });

  it('holds nearly all vectors against it', () => {
    expect(whole.length).toBeGreaterThanOrEqual(68);
  });
});

describe('a payload that would lose something', () => {
  it.each<[string, EncodeFaultReason, string, PayloadMetric]>([
    ['an Int8 of 300', 'value-not-of-type', 'metric "m"', metric({ datatype: 1, wireKind: 'int', wireValue: 300 })],
    [
      'a text as Double',
      'value-not-of-type',
      'metric "m"',
      metric({ datatype: 10, wireKind: 'string', wireValue: '' }),
    ],
    ['a negative in a uint32', 'value-not-of-type', 'metric "m"', metric({ wireKind: 'int', wireValue: -1 })],
    ['2^64 in a uint64', 'number-out-of-range', 'metric "m"', metric({ wireKind: 'long', wireValue: 2n ** 64n })],
    ['0.1 as float', 'value-not-of-type', 'metric "m"', metric({ wireKind: 'float', wireValue: 0.1 })],
    [
      'half an array',
      'value-not-of-type',
      'metric "m"',
      metric({ datatype: 23, wireKind: 'bytes', wireValue: Uint8Array.of(1) }),
    ],
    ['datatype 99', 'unknown-datatype', 'metric "m"', metric({ datatype: 99, wireKind: 'int', wireValue: 1 })],
    ['datatype 0', 'unknown-datatype', 'metric "m"', metric({ datatype: 0, wireKind: 'int', wireValue: 1 })],
    ['a promise without value', 'no-value', 'metric "m"', metric({ datatype: 3 })],
    ['half a character in a name', 'no-utf8', 'metric "\ud83d", name', metric({ name: '\ud83d' })],
    ['half a character in a value', 'no-utf8', 'metric "m"', metric({ wireKind: 'string', wireValue: 'a\udc00' })],
    ['an alias below 0', 'number-out-of-range', 'metric "m", alias', metric({ alias: -1 })],
    ['half a millisecond', 'number-out-of-range', 'metric "m", timestamp', metric({ timestampMs: 0.5 })],
    ['properties read in part', 'read-in-part', 'metric "m", properties', metric({ hasBadProperties: true })],
    ['a DataSet that could not be read', 'read-in-part', 'metric "m"', metric({ wireKind: 'dataset' })],
    ['a row too short', 'rows-do-not-fit-columns', 'metric "m", row 1', dataSet({ rows: [[1, 'x'], [1]] })],
    ['a column without type', 'rows-do-not-fit-columns', 'metric "m", types', dataSet({ types: [3], rows: [] })],
    ['a cell of another type', 'value-not-of-type', 'metric "m", row 0, column 0', dataSet({ rows: [['x', 'x']] })],
    [
      'a cell beyond its type',
      'value-not-of-type',
      'metric "m", row 0, column 0',
      dataSet({ types: [1, 12], rows: [[128, 'x']] }),
    ],
    ['a column of arrays', 'unknown-datatype', 'metric "m", column 0', dataSet({ types: [24, 12], rows: [] })],
    ['a column of DataSets', 'unknown-datatype', 'metric "m", column 1', dataSet({ types: [3, 16], rows: [] })],
    ['a property beyond its type', 'value-not-of-type', 'metric "m", property "p"', property({ type: 5, value: -1 })],
    [
      'bytes as property',
      'unknown-datatype',
      'metric "m", property "p"',
      property({ type: 17, value: Uint8Array.of(1) }),
    ],
    [
      'a set said to be a list',
      'value-not-of-type',
      'metric "m", property "p"',
      property({ type: 21, value: new Map() }),
    ],
    ['a property of datatype 77', 'unknown-datatype', 'metric "m", property "p"', property({ type: 77, value: null })],
    ['a definition with reference', 'definition-with-reference', 'metric "instance"', template({ isDefinition: true })],
    ['an instance without', 'instance-without-reference', 'metric "instance"', template({ templateRef: undefined })],
    ['an instance of nothing', 'instance-without-reference', 'metric "instance"', template({ templateRef: '' })],
    [
      'a parameter beyond its type',
      'value-not-of-type',
      'metric "instance", parameter "kw"',
      template({ parameters: [{ ...kw, value: 'x' }] }),
    ],
    [
      'a parameter without type',
      'unknown-datatype',
      'metric "instance", parameter "kw"',
      template({ parameters: [{ ...kw, type: undefined }] }),
    ],
  ])('with %s is refused as %s at %s', (_what, reason, at, one) => {
    expect(encodeMessage(payload(one))).toEqual({ kind: 'fault', reason, at });
  });

  it.each(['definition in the same payload', 'definition of an earlier birth'])(
    'with a member or a parameter that is not in the %s is refused',
    (where) => {
      const definitions = new Map([['Motor', motor.wireValue as Template]]);
      const encode = (one: PayloadMetric): unknown =>
        where.includes('same') ? encodeMessage(payload(motor, one)) : encodeMessage(payload(one), definitions);
      expect(encode(template({ metrics: [rpm], parameters: [kw] }))).toMatchObject({ kind: 'ok' });
      expect(encode(template({ metrics: [], parameters: [] }))).toMatchObject({ kind: 'ok' });
      expect(encode(template({ metrics: [rpm, metric({ name: 'load' })] }))).toEqual({
        kind: 'fault',
        reason: 'not-in-definition',
        at: 'metric "instance", metric "load"',
      });
      expect(encode(template({ parameters: [{ ...kw, name: 'volt' }] }))).toEqual({
        kind: 'fault',
        reason: 'not-in-definition',
        at: 'metric "instance", parameter "volt"',
      });
    },
  );

  it('is accepted as deep as the decoder reads, and no deeper', () => {
    for (let levels = 0; levels < 30; levels += 1) {
      for (const one of [nestTemplates(levels), property(nestProperties(levels))]) {
        const result = encodeMessage(payload(one));
        if (result.kind === 'ok') expect(decoded(result.bytes).metrics).toStrictEqual([one]);
        else expect({ levels, reason: result.reason }).toEqual({ levels: Math.max(levels, 11), reason: 'too-deep' });
        if (levels > 12) expect(result.kind).toBe('fault');
      }
    }
  });

  it('is refused beyond the size that a decoder takes', () => {
    const large = metric({ wireKind: 'bytes', wireValue: new Uint8Array(16 * 1024 * 1024) });
    expect(encodeMessage(payload(large))).toMatchObject({ kind: 'fault', reason: 'too-large' });
  });
});
