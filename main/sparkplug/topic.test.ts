import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEngineError } from '../platform/engine-error.ts';
import {
  deviceTopic,
  edgeNodeTopic,
  hostStateTopic,
  parseTopic,
  toDeviceId,
  toEdgeNodeDescriptor,
  toHostId,
} from './topic.ts';

const id = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }).filter((text) => !/[+#/\p{Cc}]/u.test(text));

describe('topics', () => {
  it('reads back every topic it builds (tck-id-topic-structure)', () => {
    fc.assert(
      fc.property(id, id, id, (group, node, device) => {
        fc.pre(group !== 'STATE');
        const descriptor = toEdgeNodeDescriptor(group, node);
        for (const verb of ['NBIRTH', 'NDATA', 'NDEATH', 'NCMD'] as const) {
          expect(parseTopic(edgeNodeTopic(verb, descriptor))).toEqual({ kind: 'edge-node', verb, ...descriptor });
        }
        for (const verb of ['DBIRTH', 'DDATA', 'DDEATH', 'DCMD'] as const) {
          const deviceId = toDeviceId(device);
          expect(parseTopic(deviceTopic(verb, descriptor, deviceId))).toEqual({
            kind: 'device',
            verb,
            ...descriptor,
            deviceId,
          });
        }
        expect(parseTopic(hostStateTopic(toHostId(device)))).toEqual({ kind: 'host-state', hostId: device });
      }),
    );
  });

  it.each(['', 'a/b', '+', 'a#', 'a\0b', 'half \ud83d', '\udc00', 'x'.repeat(301)])(
    'never has the name %j, whoever asks for it',
    (name) => {
      for (const build of [toDeviceId, toHostId, (id: string) => toEdgeNodeDescriptor(id, 'n')]) {
        expect(() => build(name)).toThrow(expect.objectContaining({ code: 'sparkplug/illegal-id' }));
      }
    },
  );

  it.each([
    '',
    '/',
    'spBv1.0',
    'spBv1.0/',
    'spBv1.0/g',
    'spBv1.0/g/NBIRTH',
    'spBv1.0/g/NBIRTH/',
    'spBv1.0/g/NBIRTH/n/d',
    'spBv1.0/g/DBIRTH/n',
    'spBv1.0/g/DDATA/n/',
    'spBv1.0/g/DDATA/n/d/e',
    'spAv1.0/g/NBIRTH/n',
    'STATE/h',
    'spBv1.0/STATE',
    'spBv1.0/STATE/',
    'spBv1.0/STATE/h/x',
    'spBv1.0/g/nbirth/n',
    '$SYS/broker/version',
  ])('takes "%s" for a foreign topic', (topic) => {
    expect(parseTopic(topic)).toBeUndefined();
  });

  it('is total', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (topic) => void parseTopic(topic)));
  });

  it.each(['', 'a/b', 'a+', '#', 'a\u0000', '\uD800'])('refuses "%s" as an id with a code', (text) => {
    for (const build of [
      () => toEdgeNodeDescriptor('g', text),
      () => toEdgeNodeDescriptor(text, 'n'),
      () => toDeviceId(text),
    ]) {
      let thrown: unknown;
      try {
        build();
      } catch (error) {
        thrown = error;
      }
      expect(isEngineError(thrown, 'sparkplug/illegal-id')).toBe(true);
    }
  });

  it('refuses STATE as a group id', () => {
    expect(() => toEdgeNodeDescriptor('STATE', 'n')).toThrow('reserved');
  });
});
