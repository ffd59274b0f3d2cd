import { describe, expect, it } from 'vitest';
import { LatencyWindow } from '../platform/latency-window.ts';
import { RateMeter } from '../platform/rate-meter.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { MeasuredSender, type RowSender } from './measured-sender.ts';
import type { StoredChange } from './ports.ts';

const row = (rowId: number, timestampMs: number): StoredChange => ({
  rowId,
  deviceId: 'Filler',
  metricName: 'Load/0001',
  datatype: 'UInt32',
  value: rowId,
  quality: 'good',
  statusCode: 0,
  timestampMs,
  storedAtMs: timestampMs,
});

function create() {
  const clock = fakeClock();
  const sent: { rowIds: number[]; isHistorical: boolean }[] = [];
  const inner: RowSender = {
    send: (rows, isHistorical) => {
      sent.push({ rowIds: rows.map((one) => one.rowId), isHistorical });
      return Promise.resolve({ notTaken: [], poisoned: [] });
    },
    barrier: () => Promise.resolve(),
  };
  const latency = new LatencyWindow(clock);
  const sender = new MeasuredSender(inner, { latency, rate: new RateMeter(clock), clock });
  return { clock, sent, latency, sender };
}

describe('MeasuredSender', () => {
  it('sends a value older than the newest of its metric as historical', async () => {
    const { sender, sent } = create();
    await sender.send([row(1, 1_000), row(2, 400), row(3, 1_100)], false);
    expect(sent).toEqual([
      { rowIds: [1, 3], isHistorical: false },
      { rowIds: [2], isHistorical: true },
    ]);
  });

  it('measures from the source time to the barrier that proves arrival: live rows, not the first of a metric', async () => {
    const { sender, latency, clock } = create();
    const nowMs = clock.nowMs();
    await sender.send([row(1, nowMs - 30_000)], false);
    await sender.send([row(2, nowMs)], false);
    await sender.send([row(3, nowMs - 60_000)], true);
    expect(latency.percentiles()).toBeNull();
    clock.advanceMs(100);
    await sender.barrier();
    expect(latency.percentiles()).toMatchObject({ count: 1 });
    expect(latency.percentiles()?.p50Ms).toBeLessThanOrEqual(100);
  });
});
