import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePayload } from './decode-payload.ts';
import { encodeRows, maxPayloadBytes } from './edge-node-packets.ts';
import { toWireMetric, type WireMetric } from './encode-payload.ts';

const head = { alias: 1, hasDatatype: false, isHistorical: true };

const toMetric = (value: string, timestampMs: number): WireMetric =>
  toWireMetric(head, { datatype: 'String', value, quality: 'good', statusCode: 0, timestampMs });

/** A metric that the encoder stumbles over. */
const impossible = (): WireMetric =>
  Object.defineProperty({}, 'stringValue', {
    enumerable: true,
    get: () => {
      throw new Error('no such text');
    },
  });

function sentTimes(payloads: readonly { finish(seq: number): Uint8Array }[]): readonly number[] {
  return payloads.flatMap((payload, seq) => {
    const decoded = decodePayload(payload.finish(seq));
    if (decoded.kind === 'fault') throw new Error(decoded.reason);
    expect(decoded.payload.seq).toBe(seq);
    return decoded.payload.metrics.map((metric) => metric.timestampMs ?? -1);
  });
}

describe('rows of one message', () => {
  it('go out in their order within the limit; only what cannot be sent alone is set aside', () => {
    const kind = fc.oneof(
      { weight: 6, arbitrary: fc.nat(150) },
      { weight: 1, arbitrary: fc.integer({ min: 300, max: 2_000 }) },
      { weight: 1, arbitrary: fc.constant('impossible' as const) },
    );
    fc.assert(
      fc.property(fc.array(kind, { maxLength: 60 }), (kinds) => {
        const rows = kinds.map((_kind, index) => index);
        const metrics = kinds.map((each, index) =>
          each === 'impossible' ? impossible() : toMetric('x'.repeat(each), index),
        );
        const { payloads, poisoned } = encodeRows({ topic: 't', rows, metrics }, 5, { maxBytes: 300, splitBytes: 300 });
        expect(payloads.every((payload, seq) => payload.finish(seq).length <= 300)).toBe(true);
        const expected = rows.filter((row) => typeof kinds[row] === 'number' && kinds[row] < 300);
        expect(
          sentTimes(encodeRows({ topic: 't', rows, metrics }, 5, { maxBytes: 300, splitBytes: 300 }).payloads),
        ).toEqual(expected);
        expect(poisoned.map(({ row }) => row)).toEqual(rows.filter((row) => !expected.includes(row)));
      }),
    );
  });

  it('say why they are set aside', () => {
    const message = { topic: 't', rows: [1, 2], metrics: [impossible(), toMetric('x'.repeat(900), 2)] };
    expect(encodeRows(message, 5, { maxBytes: maxPayloadBytes('t', 500), splitBytes: 9_999 }).poisoned).toEqual([
      { row: 1, reason: 'it cannot be encoded: no such text' },
      { row: 2, reason: expect.stringMatching(/^its message has 9\d\d bytes, the largest packet .* leaves 492$/) },
    ]);
  });
});
