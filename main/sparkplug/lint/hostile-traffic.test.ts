import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LintTraffic } from '../../testing/lint-traffic.ts';
import { SparkplugLinter } from './linter.ts';
import type { TrafficMessage } from './traffic.ts';

const vectors = (
  JSON.parse(readFileSync(new URL('../../testing/vectors/sparkplug-payloads.json', import.meta.url), 'utf8')) as {
    readonly vectors: readonly { readonly name: string; readonly base64: string }[];
  }
).vectors.map(({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64')));

const VERBS = ['NBIRTH', 'NDATA', 'NDEATH', 'NCMD', 'DBIRTH', 'DDATA', 'DDEATH', 'DCMD'];
const level = fc.oneof(fc.constantFrom('spBv1.0', 'STATE', 'g', 'n', 'd', '', '+', '#', '\0', '\ud800'), fc.string());
const topic = fc.oneof(
  fc
    .tuple(fc.constantFrom(...VERBS), fc.option(fc.constantFrom('d', 'D', 'e')), fc.constantFrom('n', 'N'))
    .map(([verb, device, node]) => `spBv1.0/g/${verb}/${node}${device === null ? '' : `/${device}`}`),
  fc.constantFrom('spBv1.0/STATE/h', 'STATE/h'),
  fc.array(level, { maxLength: 6 }).map((levels) => levels.join('/')),
);
/** A payload of the vectors, as it is or with a byte changed or its end missing. */
const nearPayload = fc
  .tuple(fc.constantFrom(...vectors), fc.nat(), fc.option(fc.nat(255)), fc.boolean())
  .map(([bytes, at, byte, isCut]) => {
    const copy = isCut ? bytes.slice(0, at % (bytes.length + 1)) : bytes.slice();
    if (byte !== null && copy.length > 0) copy[at % copy.length] = byte;
    return copy;
  });
const json = fc.json().map((text) => new TextEncoder().encode(text));
const state = fc
  .record({ online: fc.oneof(fc.boolean(), fc.string()), timestamp: fc.oneof(fc.integer(), fc.double()) })
  .map((fields) => new TextEncoder().encode(JSON.stringify(fields)));
const message: fc.Arbitrary<TrafficMessage> = fc.record({
  topic,
  payload: fc.oneof(nearPayload, fc.uint8Array({ maxLength: 64 }), json, state),
  qos: fc.nat(2),
  retain: fc.boolean(),
  atMs: fc.oneof(fc.nat(), fc.constant(Date.UTC(2026, 0, 5)), fc.integer()),
});

describe('hostile traffic', () => {
  it('never makes the lint throw, and every finding cites an assertion', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
        const linter = new SparkplugLinter();
        for (const one of messages) linter.take(one);
        const report = linter.report();
        expect(report.messageCount).toBeLessThanOrEqual(messages.length);
        for (const { assertions, text } of report.findings) {
          expect(assertions).not.toEqual([]);
          expect(text.length).toBeLessThan(400);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('takes every vector with every verb', () => {
    const linter = new SparkplugLinter();
    for (const verb of VERBS) {
      for (const payload of vectors) {
        const device = verb.startsWith('D') ? '/d' : '';
        linter.take({ topic: `spBv1.0/g/${verb}/n${device}`, payload, qos: 0, retain: false, atMs: 1_764_000_000_000 });
      }
    }
    expect(linter.report().messageCount).toBe(VERBS.length * vectors.length);
  });

  it('keeps a bounded number of findings and counts the rest', () => {
    const traffic = new LintTraffic({ maxFindings: 10 });
    for (let n = 0; n < 25; n += 1) traffic.bytes('NDATA', null, new Uint8Array(), { topic: `spBv1.0/${n}` });
    const report = traffic.linter.report();
    expect(report.findings).toHaveLength(10);
    expect(report.uncountedCount).toBe(15);
  });

  it('forgets the oldest birth when memory runs out, and judges that node as one joined in the middle', () => {
    const traffic = new LintTraffic({ maxMemoryUnits: 950 });
    traffic.births();
    const many = Array.from({ length: 460 }, (_metric, n) => traffic.born(`m${n}`));
    traffic.seq = 0;
    const other = [traffic.bdSeq(0), traffic.rebirthMetric(), ...many];
    traffic.send('NBIRTH', null, other, { topic: 'spBv1.0/plant/NBIRTH/other' });
    traffic.seq = 2;
    traffic.deviceData([traffic.changed('never born', 1)]);
    const report = traffic.linter.report();
    expect(report.findings).toEqual([]);
    expect(report.unseenBirths).toEqual([{ name: 'plant/line', messageCount: 1 }]);
  });
});
