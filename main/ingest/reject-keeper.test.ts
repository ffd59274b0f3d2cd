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
  row: null,
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

  it('holds the newest of too many while the historian is away, by number and by size', async () => {
    const kept: KeptReject[] = [];
    const keeper = new RejectKeeper(
      (rejects) => {
        kept.push(...rejects);
        return Promise.resolve();
      },
      fakeClock(),
      silentLog,
    );
    keeper.add(Array.from({ length: 10_002 }, (_, n) => rejected(`m${n}`)));
    await keeper.flush();
    expect([kept.length, kept[0]?.row]).toEqual([10_000, expect.objectContaining({ metricName: 'm2' })]);
    kept.length = 0;
    const long = (name: string): RejectedMetric => {
      const { metric, ...rest } = rejected(name);
      return { ...rest, metric: { ...metric, datatype: 'Bytes', value: new Uint8Array(400_000) } };
    };
    keeper.add([long('a'), long('b')]);
    await keeper.flush();
    expect(kept.map(({ row }) => row)).toEqual([expect.objectContaining({ metricName: 'b' })]);
  });

  it('keeps a value from the future as the row that it may become', async () => {
    const kept: KeptReject[] = [];
    const keeper = new RejectKeeper((rejects) => Promise.resolve(void kept.push(...rejects)), fakeClock(), silentLog);
    const row = {
      timeMs: 9,
      machineId: 'a/b/c',
      metricName: 'm',
      value: 1,
      quality: 192,
      meta: null,
      isHistorical: false,
      receivedAtMs: 1,
    };
    keeper.add([{ ...rejected('m'), row, reason: 'timestamp-in-future' }]);
    await keeper.flush();
    expect(kept).toEqual([{ row, reason: 'timestamp-in-future' }]);
  });
});
