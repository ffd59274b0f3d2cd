import { describe, expect, it } from 'vitest';
import { silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import type { RejectedMetric } from './ingest-ports.ts';
import { type KeptReject, RejectKeeper } from './reject-keeper.ts';

const rejected = (metricName: string): RejectedMetric => ({
  metric: {
    groupId: 'SITE01',
    edgeNodeId: 'LINE01',
    deviceId: 'Filler',
    metricName,
    datatype: 'Int64',
    value: 5n,
    quality: 'good',
    statusCode: 0,
    timestampMs: 0,
    isHistorical: false,
    isBirth: false,
  },
  reason: 'timestamp-zero',
  receivedAtMs: 1,
});

describe('RejectKeeper', () => {
  it('keeps what was rejected again when the historian was away', async () => {
    const clock = fakeClock();
    const kept: KeptReject[] = [];
    let isAway = true;
    const keeper = new RejectKeeper(
      (rejects) => {
        if (isAway) return Promise.reject(new Error('away'));
        kept.push(...rejects);
        return Promise.resolve();
      },
      clock,
      silentLog,
    );
    keeper.add([rejected('a')]);
    await keeper.flush();
    keeper.add([rejected('b')]);
    isAway = false;
    await keeper.flush();
    expect(kept.map(({ row, reason }) => [row['metricName'], reason])).toEqual([
      ['a', 'timestamp-zero'],
      ['b', 'timestamp-zero'],
    ]);
  });
});
