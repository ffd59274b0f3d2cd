import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { decodePayload, type DecodeResult } from './decode-payload.ts';
import { encodePayload, toWireMetric } from './encode-payload.ts';
import { toMetricValue } from './metric-value.ts';
import type { PayloadMetric } from './payload.ts';

function toVarint(value: bigint | number): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const METRIC = 0x12;
const BYTES = 0x82;
const DATASET = 0x8a;
const TEMPLATE = 0x92;
const PROPERTIES = 0x4a;

/** A length-delimited field: its tag, its length, its content. */
const field = (tag: number, content: Uint8Array | readonly number[]): Buffer =>
  Buffer.concat([Buffer.from([...toVarint(tag), ...toVarint(content.length)]), Buffer.from(content)]);

const repeat = (count: number, content: Uint8Array | readonly number[]): Buffer =>
  Buffer.alloc(count * content.length, Buffer.from(content));

const metricsOf = (result: DecodeResult): readonly PayloadMetric[] =>
  result.kind === 'ok' ? result.payload.metrics : expect.fail(`refused as ${result.reason}`);

const known = field(METRIC, [0x0a, 1, 0x61, 0x20, 3, 0x50, 7]);

describe('a payload of many parts', () => {
  // Two bytes each: in 16 MB there is room for eight million, of which each takes a hundred bytes of memory or more.
  const MANY = 1_100_000;
  it.each([
    ['metrics', repeat(MANY, [METRIC, 0])],
    ['members of a template', field(METRIC, field(TEMPLATE, repeat(MANY, [0x12, 0])))],
    ['parameters', field(METRIC, field(TEMPLATE, repeat(MANY, [0x1a, 0])))],
    ['templates in the place of one', field(METRIC, repeat(MANY, [TEMPLATE, 1, 0]))],
    ['DataSets in the place of one', field(METRIC, repeat(MANY, [DATASET, 1, 0]))],
    ['columns', field(METRIC, field(DATASET, repeat(2 * MANY, [0x12, 0])))],
    ['types', field(METRIC, field(DATASET, repeat(2 * MANY, [0x18, 1])))],
    ['packed types', field(METRIC, field(DATASET, field(0x1a, repeat(2 * MANY, [3]))))],
    ['rows', field(METRIC, field(DATASET, repeat(MANY, [0x22, 0])))],
    ['cells', field(METRIC, field(DATASET, field(0x22, repeat(MANY, [0x0a, 0]))))],
    ['property sets in the place of one', field(METRIC, repeat(MANY, [PROPERTIES, 0]))],
    ['property values', field(METRIC, field(PROPERTIES, repeat(MANY, [0x12, 0])))],
    ['property keys', field(METRIC, field(PROPERTIES, repeat(2 * MANY, [0x0a, 0])))],
    ['sets of a list', field(METRIC, field(PROPERTIES, field(0x12, field(0x52, repeat(MANY, [0x0a, 0])))))],
    ['lists in the place of one', field(METRIC, field(PROPERTIES, field(0x12, repeat(MANY, [0x52, 0]))))],
    ['names in the place of one', field(METRIC, repeat(2 * MANY, [0x0a, 0]))],
    ['byte strings in the place of one', field(METRIC, repeat(2 * MANY, [BYTES, 1, 0]))],
    ['descriptions of a file', field(METRIC, repeat(MANY, [0x42, 0]))],
  ])('is refused before its %s take the memory', (_what, bytes) => {
    expect(decodePayload(bytes)).toEqual({ kind: 'fault', reason: 'too-large' });
  });

  it('is read when it is the largest birth of a plant', () => {
    const metrics = Array.from({ length: 100_000 }, (_unused, index) =>
      toWireMetric(
        { name: `Line/${index}`, alias: index, hasDatatype: true, isHistorical: false },
        { datatype: 'Double', value: index, quality: 'stale', statusCode: 0x80ab_0000, timestampMs: index },
      ),
    );
    expect(metricsOf(decodePayload(encodePayload(0, 0, metrics)))).toHaveLength(100_000);
  });

  it('is refused beyond 16 MB without being looked at', () => {
    expect(decodePayload(new Uint8Array(16 * 1024 * 1024 + 1))).toEqual({ kind: 'fault', reason: 'too-large' });
  });
});

describe('a payload that lies', () => {
  it.each([
    ['a metric', [METRIC, 100, 0x50, 1]],
    ['a metric of 4 GB', [METRIC, ...toVarint(2 ** 32 - 1), 0x50, 1]],
    ['a name', field(METRIC, [0x0a, 100, 0x61])],
    ['a byte string', field(METRIC, [BYTES, 1, ...toVarint(2 ** 31), 1])],
    ['a DataSet', field(METRIC, [DATASET, 1, 50, 0x08, 1])],
    ['a row', field(METRIC, field(DATASET, [0x22, 50]))],
    ['a template', field(METRIC, [TEMPLATE, 1, 50])],
    ['properties', field(METRIC, [PROPERTIES, 50])],
    ['packed types', field(METRIC, field(DATASET, [0x1a, 50, 3]))],
    ['the body', [0x2a, 100, 0]],
    ['an unknown field', [...toVarint(100 * 8 + 2), 100, 0]],
    ['a double', field(METRIC, [0x69, 0, 0])],
    ['a metric whose varint does not end', [METRIC, 1, 0xff]],
  ])('about the length of %s is refused as truncated', (_what, bytes) => {
    expect(decodePayload(Uint8Array.from(bytes))).toEqual({ kind: 'fault', reason: 'truncated' });
  });

  it.each([
    ['a group', [0x13, 0x14]],
    ['the end of a group', [0x14]],
    ['wire type 6', [0x16, 0]],
    ['wire type 7', [0x17, 0]],
    ['field 0', [0x02, 0]],
    ['a varint of eleven bytes', [0x08, ...Array.from({ length: 10 }, () => 0xff), 1]],
    ['a group in a metric', field(METRIC, [0x53, 0x54])],
    ['a name that ends outside of its metric', [...field(METRIC, [0x0a, 2, 0x61]), 0x18, 0]],
    ['a cell that ends outside of its row', field(METRIC, field(DATASET, [...field(0x22, [0x0a, 1]), 0x08, 0]))],
  ])('with %s is refused', (_what, bytes) => {
    const result = decodePayload(Uint8Array.from(bytes));
    expect(result.kind === 'fault' && ['malformed', 'truncated'].includes(result.reason)).toBe(true);
  });

  it.each([
    ['name', [0x0a, 2, 0xc3, 0x28]],
    ['text', [0x7a, 3, 0xed, 0xa0, 0x80]],
    ['column', field(DATASET, [0x12, 1, 0xff])],
    ['property key', field(PROPERTIES, [0x0a, 1, 0x80])],
    ['file name', field(0x42, [0x2a, 2, 0xc0, 0xaf])],
    ['version', field(TEMPLATE, [0x0a, 4, 0xf5, 0x80, 0x80, 0x80])],
  ])('that its %s is UTF-8 is refused', (_what, content) => {
    expect(decodePayload(field(METRIC, content))).toEqual({ kind: 'fault', reason: 'invalid-utf8' });
  });

  it.each([
    ['2^60 columns', field(METRIC, field(DATASET, [0x08, ...toVarint(2n ** 60n)])), 16],
    ['2^60 columns where one is', field(METRIC, field(DATASET, [0x08, ...toVarint(2n ** 60n), 0x12, 0, 0x18, 1])), 16],
    ['2^32 − 1 booleans', field(METRIC, field(BYTES, [0xff, 0xff, 0xff, 0xff, 0xff])), 32],
    ['a cell more than its columns', field(METRIC, field(DATASET, [0x12, 0, 0x18, 1, 0x22, 4, 0x0a, 0, 0x0a, 0])), 16],
  ])('about %s costs that metric, not the others', (_what, bytes, typeCode) => {
    const [lying, honest] = metricsOf(decodePayload(Buffer.concat([bytes, known])));
    expect(lying && toMetricValue(lying, typeCode)).toBeUndefined();
    expect(honest && toMetricValue(honest, 3)).toBe(7);
  });
});

it('takes the last of several values, as protobuf says, and what is declared null as null', () => {
  const values = [[0x50, 1], [0x7a, 1, 0x78], [0x58, 9], field(DATASET, [0x08, 0]), [0x70, 1], field(BYTES, [1])];
  const kinds = ['int', 'string', 'long', 'dataset', 'boolean', 'bytes'];
  for (const [last, value] of values.entries()) {
    const others = values.filter((one) => one !== value);
    const [metric] = metricsOf(
      decodePayload(field(METRIC, Buffer.concat([...others, value].map((one) => Buffer.from(one))))),
    );
    expect(metric?.wireKind).toBe(kinds[last]);
  }
  const [nothing] = metricsOf(decodePayload(field(METRIC, [0x38, 1, 0x50, 5])));
  expect(nothing && toMetricValue(nothing, 3)).toBeNull();
});
