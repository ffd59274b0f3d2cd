import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { encodeRebirthRequest } from '../../sparkplug/edge-node-births.ts';
import { encodeMessage } from '../../sparkplug/encode-message.ts';
import { encodePayload, toWireMetric } from '../../sparkplug/encode-payload.ts';
import { encodeHostState } from '../../sparkplug/host-state.ts';
import { EdgeNodeStream } from '../edge-node-stream.ts';
import { payloadArbitrary } from '../payload-arbitrary.ts';
import type { Seed } from './mutate-payload.ts';
import { toTree } from './wire-tree.ts';

const PAYLOADS = 400;

const toSeed = (bytes: Uint8Array): Seed => {
  const copy = Buffer.from(bytes);
  return { bytes: copy, tree: toTree(copy) ?? [] };
};

/** Valid messages of all kinds: payloads of every datatype, what an edge node and a host send, and STATE. */
export function makeCorpus(seed: number): readonly Seed[] {
  const payloads = fc.sample(payloadArbitrary, { seed, numRuns: PAYLOADS }).map((payload) => {
    const encoded = encodeMessage(payload);
    if (encoded.kind === 'fault') throw new Error(`a seed cannot be encoded: ${encoded.reason} at ${encoded.at}`);
    return encoded.bytes;
  });
  const edge = new EdgeNodeStream(7);
  const session = [
    edge.nodeBirth(['load', 'power']),
    edge.deviceBirth('press', ['speed', 'count']),
    ...[1, 2, 3].map((value) => edge.data('press', 'speed', value)),
    edge.data(null, 'load', 0.5),
    edge.deviceDeath('press', 9),
    edge.nodeDeath(),
  ].map(({ bytes }) => bytes);
  const bad = toWireMetric(
    { name: 'speed', hasDatatype: false, isHistorical: false },
    { datatype: 'Double', value: 4, quality: 'bad', statusCode: 0x8000_0000, timestampMs: 3_000 },
  );
  const others = [
    encodePayload(3_000, 5, [bad]),
    encodeRebirthRequest(1),
    Buffer.from(encodeHostState({ isOnline: true, timestampMs: 5 })),
  ];
  // As often as the payloads: the state machines see little else.
  const talk = Array.from({ length: PAYLOADS / 10 }, () => [...session, ...others]).flat();
  return [...payloads, ...talk].map(toSeed);
}
