import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import sparkplugProto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { describe, expect, it } from 'vitest';
import { encodePayload, startPayload, type WireMetric } from './encode-payload.ts';
import { PayloadWriter } from './payload-writer.ts';

const { Payload: Generated } = sparkplugProto.org.eclipse.tahu.protobuf;

const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const uint64 = fc.oneof(
  fc.maxSafeInteger(),
  fc.constantFrom(0, -1, -(2 ** 32), 2 ** 32, 2 ** 53, -(2 ** 53), 0.5, -0.5, 1e19, Number.NaN),
  fc.record({ low: half, high: half, unsigned: fc.constant(true) }),
);
/** Around every length at which the bytes of a text or of its length change. */
const text = fc.oneof(
  { weight: 10, arbitrary: fc.string({ maxLength: 20 }) },
  fc.string({ unit: 'grapheme', maxLength: 150 }),
  fc.nat(300).map((letters) => 'n'.repeat(letters)),
  fc.constantFrom('x'.repeat(16_300), 'ü'.repeat(9_000), 'n'.repeat(40_000)),
);

const NOTHING = {
  ...{ name: null, alias: null, timestamp: null, datatype: null, isHistorical: null, isTransient: null, isNull: null },
  ...{ properties: null, intValue: null, longValue: null, floatValue: null, doubleValue: null, booleanValue: null },
  ...{ stringValue: null, bytesValue: null },
};

const metric: fc.Arbitrary<WireMetric> = fc
  .tuple(
    fc.constantFrom<WireMetric>(NOTHING, {}),
    fc.record(
      {
        name: text,
        alias: uint64,
        timestamp: uint64,
        datatype: fc.nat(),
        isHistorical: fc.boolean(),
        isTransient: fc.boolean(),
        isNull: fc.boolean(),
        properties: fc.record({ keys: fc.array(text, { maxLength: 2 }) }, { noNullPrototype: true }),
        intValue: fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }),
        longValue: uint64,
        floatValue: fc.float(),
        doubleValue: fc.double(),
        booleanValue: fc.boolean(),
        stringValue: text,
        bytesValue: fc.uint8Array({ maxLength: 200 }),
        datasetValue: fc.record({ columns: fc.array(text, { maxLength: 2 }) }, { noNullPrototype: true }),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
  )
  .map(([nothing, some]) => ({ ...nothing, ...some }));

describe('the writer of metrics', () => {
  it('writes byte for byte what the generated encoder writes', () => {
    fc.assert(
      fc.property(uint64, fc.nat(255), fc.array(metric, { maxLength: 8 }), (timestamp, seq, metrics) => {
        const sentMs = typeof timestamp === 'number' ? timestamp : 0;
        const ours = startPayload(sentMs, metrics).finish(seq);
        const theirs = Generated.encode({ timestamp: sentMs, metrics, seq }).finish();
        expect(Buffer.compare(ours, theirs)).toBe(0);
        const withoutSeq = Generated.encode({ timestamp: sentMs, metrics }).finish();
        expect(Buffer.compare(encodePayload(sentMs, null, metrics), withoutSeq)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('gives each message memory of its own, also where several wait for their seq', () => {
    const messages = [1, 2, 300].map((alias) => startPayload(alias, [{ alias }]));
    const bytes = messages.map((message) => message.finish(200));
    expect(bytes).toEqual(
      [1, 2, 300].map((alias) => Generated.encode({ timestamp: alias, metrics: [{ alias }], seq: 200 }).finish()),
    );
    expect(bytes.map(({ length }, index) => length <= (messages[index]?.byteCount ?? 0))).toEqual([true, true, true]);
  });

  it('begins anew after a metric that could not be written, and after a message larger than it keeps room for', () => {
    const writer = new PayloadWriter();
    const write = (metrics: readonly WireMetric[]): Buffer => {
      writer.begin(5);
      for (const one of metrics) writer.metric(one);
      return writer.take(0);
    };
    const impossible = Object.defineProperty({ alias: 1 }, 'stringValue', {
      get: () => {
        throw new Error('no such text');
      },
    });
    const whole = write([{ alias: 1 }]);
    expect(() => write([{ alias: 7 }, impossible])).toThrow('no such text');
    expect(write([{ alias: 1 }])).toEqual(whole);
    const large = write([{ bytesValue: new Uint8Array(3_000_000) }]);
    const theirs = Generated.encode({ timestamp: 5, metrics: [{ bytesValue: new Uint8Array(3_000_000) }] }).finish();
    expect(Buffer.compare(large, theirs)).toBe(0);
    expect(write([{ alias: 1 }])).toEqual(whole);
  });
});
