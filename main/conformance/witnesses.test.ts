import { describe, expect, it } from 'vitest';
import { type MqttFrame, MqttFramer } from '../testing/mqtt-frames.ts';
import { parsePacket } from './mqtt-packets.ts';
import { decodeWitness, encodeCommand } from './payload-witness.ts';

/** A text with its length before it (MQTT 3.1.1, section 1.5.3). */
const text = (value: string): number[] => [0, value.length, ...Buffer.from(value)];
const packet = (first: number, ...body: readonly number[]): number[] => [first, body.length, ...body];

/** Cut in the middle, as a network may do. */
function frameOf(bytes: readonly number[]): MqttFrame {
  const framer = new MqttFramer();
  const frames = [bytes.slice(0, 3), bytes.slice(3)].flatMap((part) => framer.push(Buffer.from(part)));
  expect(frames).toHaveLength(1);
  return frames[0]!;
}

describe('the witness of MQTT packets', () => {
  it.each([
    [0x06, true, 0, false],
    [0x0e, true, 1, false],
    [0x16, true, 2, false],
    [0x2e, true, 1, true],
    [0x0c, false, 1, false],
  ])('reads the flags %i of a CONNECT as the standard numbers them', (flags, isCleanSession, qos, isRetained) => {
    const body = [...text('MQTT'), 4, flags, 0, 30, ...text('id'), ...text('w/t'), 0, 2, 7, 8];
    expect(parsePacket(frameOf(packet(0x10, ...body)))).toEqual({
      kind: 'connect',
      protocolLevel: 4,
      isCleanSession,
      keepAliveS: 30,
      clientId: 'id',
      will: { topic: 'w/t', payload: Uint8Array.of(7, 8), qos, isRetained },
    });
  });

  it('finds no Will where none is', () => {
    const body = [...text('MQTT'), 4, 0x02, 0, 30, ...text('id')];
    expect(parsePacket(frameOf(packet(0x10, ...body)))).toMatchObject({ will: undefined, isCleanSession: true });
  });

  it('knows a CONNECT of MQTT 5.0', () => {
    const body = [...text('MQTT'), 5, 0x02, 0, 30, 5, 0x11, 0, 0, 0, 9, ...text('id')];
    expect(parsePacket(frameOf(packet(0x10, ...body)))).toMatchObject({ protocolLevel: 5, clientId: 'id' });
  });

  it.each([
    [0x30, 0, false, []],
    [0x31, 0, true, []],
    [0x32, 1, false, [1, 2]],
    [0x3d, 2, true, [1, 2]],
  ])('reads QoS, retain flag and number of a PUBLISH that begins with %i', (first, qos, isRetained, number) => {
    const packetId = qos === 0 ? undefined : 258;
    const read = parsePacket(frameOf(packet(first, ...text('a/b'), ...number, 9, 0)));
    expect(read).toEqual({ kind: 'publish', topic: 'a/b', qos, isRetained, packetId, payload: Uint8Array.of(9, 0) });
  });

  it('reads what a SUBSCRIBE asks for and a SUBACK grants', () => {
    const asked = parsePacket(frameOf(packet(0x82, 0, 5, ...text('a/+'), 1, ...text('b'), 0)));
    const filters = [
      { filter: 'a/+', qos: 1 },
      { filter: 'b', qos: 0 },
    ];
    expect(asked).toEqual({ kind: 'subscribe', packetId: 5, filters });
    const granted = parsePacket(frameOf(packet(0x90, 0, 5, 1, 128)));
    expect(granted).toEqual({ kind: 'suback', packetId: 5, granted: [1, 128] });
  });

  it('reads a PUBACK, a CONNACK and a DISCONNECT', () => {
    expect(parsePacket(frameOf(packet(0x40, 1, 0)))).toEqual({ kind: 'puback', packetId: 256 });
    expect(parsePacket(frameOf(packet(0x20, 0, 5)))).toEqual({ kind: 'connack', returnCode: 5 });
    expect(parsePacket(frameOf(packet(0xe0)))).toEqual({ kind: 'disconnect' });
  });
});

describe('the witness of payloads', () => {
  it('tells a seq of 0 from none, and false from nothing', () => {
    expect(decodeWitness(Uint8Array.of(0x18, 0)).seq).toBe(0);
    expect(decodeWitness(Uint8Array.of(0x08, 5))).toMatchObject({ seq: undefined, timestampMs: 5 });
    const told = decodeWitness(encodeCommand({ metrics: [{ name: 'a', isHistorical: false }, { alias: 0 }] })).metrics;
    expect(told[0]).toMatchObject({ isHistorical: false, isNull: undefined, alias: undefined, valueField: undefined });
    expect(told[1]).toMatchObject({ isHistorical: undefined, name: undefined, alias: 0 });
  });

  it('says in which field a value stood', () => {
    const [int, long] = decodeWitness(
      encodeCommand({ timestampMs: 1, metrics: [{ intValue: 3 }, { longValue: 3 }] }),
    ).metrics;
    expect(int).toMatchObject({ valueField: 'intValue', value: 3 });
    expect(long).toMatchObject({ valueField: 'longValue', value: 3n });
  });

  it('refuses bytes that are no payload', () => {
    expect(() => decodeWitness(Uint8Array.of(0x12, 0xff))).toThrow(RangeError);
  });
});
