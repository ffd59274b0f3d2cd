import { describe, expect, it } from 'vitest';
import type { TagRow } from '../../../shared/domain/listings.ts';
import { NOW_MS, snapshotOf } from '../../../shared/testing/snapshot-fixture.ts';
import { toServerStats, toTagRowView } from './tags-view.ts';

const tag: TagRow = {
  tagId: 'Filler.Bowl/Level',
  machineId: 'Filler',
  metricName: 'Bowl/Level',
  datatype: 'Float',
  unit: '%',
  role: 'value',
  node: 'nsu=urn:plc;s=Filler.BowlLevel',
  last: { value: '71.2', quality: 'good', sourceTimestampMs: NOW_MS - 200, receivedAtMs: NOW_MS - 100 },
};

describe('toTagRowView', () => {
  it('shows value, unit, quality and an age that goes on without new values', () => {
    expect(toTagRowView(tag, NOW_MS)).toMatchObject({ value: '71.2', unit: '%', age: '0.2 s', tone: undefined });
    expect(toTagRowView(tag, NOW_MS + 120_000).age).toBe('2 min');
  });

  it('marks what is stale and what is bad', () => {
    const last = { value: null, quality: 'stale', sourceTimestampMs: NOW_MS - 124_000, receivedAtMs: NOW_MS } as const;
    expect(toTagRowView({ ...tag, last }, NOW_MS)).toMatchObject({ value: '– no value', unit: '', tone: 'stale' });
    expect(toTagRowView({ ...tag, last: { ...last, quality: 'bad' } }, NOW_MS).tone).toBe('bad');
  });

  it('does not invent a value before the first one', () => {
    expect(toTagRowView({ ...tag, last: null }, NOW_MS)).toMatchObject({
      value: '– no value yet',
      quality: null,
      age: '–',
      tone: 'none',
    });
  });
});

describe('toServerStats', () => {
  it('says how many tags are good, and why a server gives none', () => {
    const [server] = snapshotOf().servers;
    if (server === undefined) throw new Error('no server');
    expect(toServerStats(snapshotOf(), NOW_MS)[0]).toMatchObject({
      figure: '409',
      unit: 'of 412 tags good',
      tone: 'look',
    });
    const state = {
      phase: 'stale',
      sinceMs: NOW_MS - 5_000,
      code: 'opcua/silent',
      text: 'no keep-alive for 5 s',
    } as const;
    expect(toServerStats(snapshotOf({ servers: [{ ...server, state }] }), NOW_MS)[0]).toMatchObject({
      figure: 'silent',
      unit: '00:00:05',
      tone: 'broken',
      basis: 'No keep-alive for 5 s.',
    });
  });
});
