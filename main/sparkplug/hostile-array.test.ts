import { expect, it } from 'vitest';
import { EdgeNodeStream, toIncoming } from '../testing/edge-node-stream.ts';
import { encodePayload, toWireMetric } from './encode-payload.ts';
import { createHostNode, type HostEffect, type IncomingMessage } from './host-node.ts';
import { step } from './host-session.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

function take(messages: readonly IncomingMessage[]): readonly HostEffect[] {
  let node = createHostNode(toEdgeNodeDescriptor('plant', 'line'));
  return messages.flatMap((message) => {
    const moment = { nowMs: 1_000_000, monotonicMs: 0, chance: 1 };
    const { next, effects } = step(node, { type: 'message', message, moment }, { reorderTimeoutMs: 2_000 });
    node = next;
    return effects;
  });
}

it.each([
  ['half an item', 27, [1, 2, 3]],
  ['fewer bits than counted', 32, [9, 0, 0, 0, 0xff]],
  ['a text without its end', 33, [0x41]],
  ['a text that is no UTF-8', 33, [0xc3, 0x28, 0]],
])('an array with %s is named, the other metrics are kept, and what follows is taken', (_what, datatype, bytes) => {
  const edge = new EdgeNodeStream();
  const births = [edge.nodeBirth(), edge.deviceBirth('press', ['speed', 'count'])];
  const array = { name: 'speed', datatype, timestamp: 5, bytesValue: Uint8Array.from(bytes) };
  const known = toWireMetric(
    { name: 'count', hasDatatype: false, isHistorical: false },
    { datatype: 'Double', value: 2, quality: 'good', statusCode: 0, timestampMs: 1 },
  );
  const hostile = toIncoming('DDATA', 'press', encodePayload(0, 2, [array, known]));
  edge.skip();
  const effects = take([...births, hostile, edge.data('press', 'speed', 3)]);

  const metrics = effects.flatMap((effect) => (effect.type === 'metrics' ? effect.metrics : []));
  expect(metrics.filter(({ isBirth }) => !isBirth).map(({ value }) => value)).toEqual([2, 3]);
  const faults = effects.filter(({ type }) => type === 'fault' || type === 'request-rebirth');
  expect(faults).toEqual([{ type: 'fault', reason: 'undecodable-metric', detail: 'DDATA press: speed' }]);
});

it('a message of more array items than a machine sends is read up to its bound, and the scalars behind it as well', () => {
  const edge = new EdgeNodeStream();
  const births = [edge.nodeBirth(), edge.deviceBirth('press', ['speed', 'count'])];
  const bits = new Uint8Array(4 + 131_072);
  bits.set([0, 0, 16, 0]);
  const arrays = Array.from({ length: 20 }, (_array, index) => ({
    name: 'speed',
    datatype: 32,
    timestamp: index,
    bytesValue: bits,
  }));
  const scalar = toWireMetric(
    { name: 'count', hasDatatype: false, isHistorical: false },
    { datatype: 'Double', value: 2, quality: 'good', statusCode: 0, timestampMs: 1 },
  );
  const effects = take([...births, toIncoming('DDATA', 'press', encodePayload(0, 2, [...arrays, scalar]))]);
  const metrics = effects.flatMap((effect) => (effect.type === 'metrics' ? effect.metrics : []));
  const read = metrics.filter(({ isBirth }) => !isBirth);
  expect(read.map(({ datatype }) => datatype)).toEqual([...Array<string>(8).fill('BooleanArray'), 'Double']);
  const faults = effects.filter(({ type }) => type === 'fault');
  expect(faults).toEqual([{ type: 'fault', reason: 'undecodable-metric', detail: 'DDATA press: speed and 11 more' }]);
});
