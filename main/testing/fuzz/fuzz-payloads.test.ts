import { expect, it } from 'vitest';
import { makeCorpus } from './fuzz-corpus.ts';
import { fuzzPayloads } from './fuzz-payloads.ts';
import { mutate } from './mutate-payload.ts';
import { Random } from './random.ts';
import { toBytes, toTree } from './wire-tree.ts';

it('finds no payload that gets past the codec, deafens the host or ends the session of the edge node', () => {
  const { codec, hostEffects, commands, broken } = fuzzPayloads({
    seed: 20_251_123,
    count: 20_000,
    maxPayloadMs: Infinity,
  });
  expect(broken).toEqual([]);
  // The damage reaches everything that is said to be proof against it.
  expect(codec.decodedCount).toBeGreaterThan(2_000);
  expect(codec.readableCount).toBeGreaterThan(2_000);
  expect(codec.undecodableCount).toBeGreaterThan(1_000);
  expect(codec.encodedCount).toBeGreaterThan(1_000);
  expect([...codec.faults.keys()].toSorted()).toEqual(['invalid-utf8', 'malformed', 'too-deep', 'truncated']);
  const refusals = ['value-not-of-type', 'unknown-datatype', 'no-value', 'read-in-part', 'instance-without-reference'];
  expect([...codec.refusals.keys()]).toEqual(expect.arrayContaining(refusals));
  const faults = ['undecodable-payload', 'unknown-metric', 'undecodable-metric', 'bad-properties', 'metrics'];
  expect([...hostEffects.keys()]).toEqual(
    expect.arrayContaining([...faults, 'seq-gap', 'late-message', 'request-rebirth']),
  );
  expect([...commands.keys()]).toEqual(
    expect.arrayContaining(['rebirth', 'unreadable', 'unknown-metric', 'host online']),
  );
}, 180_000);

it('damages the same way for the same seed, and every seed is whole before', () => {
  const corpus = makeCorpus(1);
  for (const { bytes, tree } of corpus) if (tree.length > 0) expect(toBytes(tree)).toEqual(bytes);
  expect(toTree(Buffer.from([0x12, 5, 1]))).toBeUndefined();
  const damaged = [2, 2, 3].map((seed) => mutate(corpus, new Random(seed)).toString('hex'));
  expect(damaged[0]).toBe(damaged[1]);
  expect(damaged[0]).not.toBe(damaged[2]);
});
