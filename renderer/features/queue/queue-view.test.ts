import { describe, expect, it } from 'vitest';
import type { QueueRow } from '../../../shared/domain/listings.ts';
import { NOW_MS, snapshotOf } from '../../../shared/testing/snapshot-fixture.ts';
import { toLossViews, toQueueRowView, toQueueStats, toReplayText } from './queue-view.ts';

const row: QueueRow = {
  rowId: 7,
  state: 'waiting',
  priority: 'normal',
  deviceId: 'Filler',
  metricName: 'Count/Total',
  datatype: 'UInt32',
  value: '18108',
  quality: 'good',
  timestampMs: NOW_MS,
  storedAtMs: NOW_MS + 40,
};

describe('toQueueStats', () => {
  it('says what waits, how old it is, how much space is used and how long it lasts', () => {
    const stats = toQueueStats(snapshotOf(), NOW_MS);
    expect(stats.map((stat) => `${stat.figure} ${stat.unit}`.trim())).toEqual([
      '204 rows',
      '1,500 rows',
      '12 s',
      '0.3 of 500 MB',
      '0 rows',
    ]);
    expect(stats.every((stat) => stat.tone === 'calm')).toBe(true);
  });

  it('marks a buffer that is nearly full and rows that were lost', () => {
    const { buffer } = snapshotOf();
    const stats = toQueueStats(
      snapshotOf({ buffer: { ...buffer, byteCount: 450_000_000, droppedCount: 3, oldestTimestampMs: null } }),
      NOW_MS,
    );
    expect(stats.map((stat) => stat.tone)).toEqual(['calm', 'calm', 'calm', 'look', 'broken']);
    expect(stats[2]).toMatchObject({ figure: '–', basis: 'the buffer is empty' });
  });

  it('tells of rows that were carried over an outage', () => {
    const { buffer } = snapshotOf();
    expect(toReplayText(snapshotOf())).toContain('No row had to wait');
    expect(toReplayText(snapshotOf({ buffer: { ...buffer, messagesQueued: 500, messagesReplayed: 480 } }))).toContain(
      '480 sent later as historical',
    );
  });
});

describe('toQueueRowView', () => {
  it('shows a row in the time of the site', () => {
    expect(toQueueRowView(row, 'Europe/Berlin')).toMatchObject({
      machine: 'Filler',
      value: '18108',
      time: '23 Nov 10:48:00.000',
      isWaiting: true,
    });
  });

  it('shows no value as a dash and passes text through as text', () => {
    expect(toQueueRowView({ ...row, value: null, deviceId: null }, 'UTC')).toMatchObject({
      value: '– no value',
      machine: 'edge node',
    });
    expect(toQueueRowView({ ...row, value: '<img onerror=alert(1)>' }, 'UTC').value).toBe('<img onerror=alert(1)>');
  });
});

describe('toLossViews', () => {
  it('names what was lost, from when to when, the largest loss first', () => {
    const loss = {
      deviceId: 'Filler',
      reason: 'buffer-full',
      firstTimestampMs: NOW_MS,
      lastTimestampMs: NOW_MS + 1_000,
    };
    const views = toLossViews(
      [
        { ...loss, metricName: 'a', droppedCount: 1 },
        { ...loss, metricName: 'b', droppedCount: 1_200 },
      ],
      'UTC',
    );
    expect(views.map((view) => view.what)).toEqual(['Filler b', 'Filler a']);
    expect(views[0]).toMatchObject({
      count: '1,200 rows',
      range: '23 Nov 09:48:00.000 to 23 Nov 09:48:01.000',
      reason: 'buffer full',
    });
  });
});
