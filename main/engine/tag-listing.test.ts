import { describe, expect, it } from 'vitest';
import { Mapping } from '../mapping/mapping.ts';
import { type MappedTag, toTagId } from '../mapping/tag-map.ts';
import { describeValue, toTagPage } from './tag-listing.ts';

const toTag = (index: number): MappedTag => {
  const metricName = `Load/${index}`;
  return {
    tagId: toTagId('Filler', metricName),
    deviceId: 'Filler',
    serverId: 'plc',
    metricName,
    datatype: 'Int64',
    deadbandAbsolute: undefined,
    samplingIntervalMs: 250,
    queueSize: 10,
    isExempt: false,
    priority: 'normal',
    config: { node: `nsu=urn:x;s=N${index}`, metric: metricName, datatype: 'Int64', role: 'value', sampling: 'normal' },
  };
};

describe('toTagPage', () => {
  it('gives one page of 100,000 tags and how many there are', () => {
    const mapping = new Mapping(Array.from({ length: 100_000 }, (_unused, index) => toTag(index)));
    const page = toTagPage(mapping, { fromIndex: 99_999, maxRows: 50, search: '' }, () => true);
    expect(page.rowCount).toBe(100_000);
    expect(page.rows.map((row) => row.tagId)).toEqual(['Filler.Load/99999']);
  });

  it('searches machine, metric and node, whatever the case', () => {
    const mapping = new Mapping([toTag(1), toTag(2)]);
    const found = (search: string): number =>
      toTagPage(mapping, { fromIndex: 0, maxRows: 10, search }, () => true).rowCount;
    expect([found('filler.load'), found('s=n2'), found('nothing')]).toEqual([2, 1, 0]);
  });

  it('shows a value as stale while its server is not heard, and 64-bit integers exactly', () => {
    const mapping = new Mapping([toTag(1)]);
    const sample = {
      tagId: toTagId('Filler', 'Load/1'),
      value: 9_223_372_036_854_775_807n,
      quality: 'good' as const,
      statusCode: 0,
      sourceTimestampMs: 1,
      hasSourceTime: true,
      serverTimestampMs: 1,
      hasOverflow: false,
    };
    mapping.accept([sample], 2);
    const last = (isConnected: boolean) =>
      toTagPage(mapping, { fromIndex: 0, maxRows: 1, search: '' }, () => isConnected).rows[0]?.last;
    expect(last(true)).toEqual({
      value: '9223372036854775807',
      quality: 'good',
      sourceTimestampMs: 1,
      receivedAtMs: 2,
    });
    expect(last(false)?.quality).toBe('stale');
  });

  it('describes an array by its first items and their number, and a long text by its beginning', () => {
    expect(describeValue([1, 2.5, -0])).toBe('[1, 2.5, -0]');
    expect(describeValue([])).toBe('[]');
    expect(describeValue(Array.from({ length: 1_000 }, (_item, index) => BigInt(index)))).toBe(
      '[0, 1, 2, 3, …] 1000 items',
    );
    expect(describeValue(['Läuft', 'x"y', 'a'.repeat(50)])).toBe(`["Läuft", "x\\"y", "${'a'.repeat(20)}…"]`);
    expect(describeValue('b'.repeat(1_000_000))).toBe(`${'b'.repeat(200)}…`);
    expect(describeValue(-0)).toBe('-0');
  });

  it('describes no value as null and bytes by their number', () => {
    expect([describeValue(null), describeValue(new Uint8Array(3)), describeValue(0)]).toEqual([null, '3 bytes', '0']);
  });
});
