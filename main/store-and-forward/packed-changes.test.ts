import { describe, expect, it } from 'vitest';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { changeOf } from './change-ramp.ts';
import { ChangePacker, ChangeUnpacker } from './packed-changes.ts';

const changes: readonly MetricChange[] = [
  changeOf(1),
  changeOf(2, { deviceId: null, datatype: 'Int64', value: -(2n ** 63n) }),
  changeOf(3, { metricName: 'Speed', value: Number.NaN, quality: 'stale', statusCode: 0xffff_ffff }),
  changeOf(4, { deviceId: 'oven', datatype: 'Bytes', value: Uint8Array.of(1, 2), priority: 'high' }),
  changeOf(5, { datatype: 'String', value: 'Grüße', priority: 'low' }),
  changeOf(6, { value: null }),
];

describe('packed changes', () => {
  it('arrive as they were, packet after packet', () => {
    const packer = new ChangePacker();
    const unpacker = new ChangeUnpacker();
    for (const part of [changes.slice(0, 3), [], changes, changes.toReversed()]) {
      expect(unpacker.unpack(structuredClone(packer.pack(part)))).toStrictEqual(part);
    }
  });

  it('carry the name of a metric once', () => {
    const packer = new ChangePacker();
    expect(packer.pack(changes).newIdentities).toHaveLength(5);
    expect(packer.pack(changes).newIdentities).toEqual([]);
  });

  it('are refused where an earlier packet is missing', () => {
    const packer = new ChangePacker();
    packer.pack(changes);
    expect(() => new ChangeUnpacker().unpack(packer.pack(changes))).toThrow(/not crossed/);
  });
});
