import { beforeEach, describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../platform/log.ts';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import { FakeHost, FakeSink } from '../testing/ingest-fixture.ts';
import { createIngest, type Ingest, type IngestLimits } from './ingest.ts';
import type { RejectedMetric } from './ingest-ports.ts';
import type { ReceivedMetric } from './to-telemetry-row.ts';

describe('ingest', () => {
  let clock: FakeClock;
  let sink: FakeSink;
  let host: FakeHost;
  let ingest: Ingest<string>;
  let rejected: RejectedMetric[];
  let nextValue: number;

  const create = (limits: Partial<IngestLimits> = {}): void => {
    ingest = createIngest({
      host,
      sink,
      clock,
      log: silentLog,
      limits,
      random: () => 1,
      onRejected: (metrics) => rejected.push(...metrics),
    });
  };
  beforeEach(() => {
    clock = fakeClock();
    sink = new FakeSink();
    host = new FakeHost();
    rejected = [];
    nextValue = 0;
    create();
  });

  const send = (count: number, part: Partial<ReceivedMetric> = {}): void => {
    const metrics = Array.from({ length: count }, (): ReceivedMetric => {
      nextValue += 1;
      return {
        groupId: 'g',
        edgeNodeId: 'e',
        deviceId: 'd',
        metricName: 'm',
        datatype: 'Double',
        value: nextValue,
        quality: 'good',
        statusCode: 0,
        timestampMs: clock.nowMs() - 1_000_000 + nextValue,
        isHistorical: false,
        isBirth: false,
        ...part,
      };
    });
    host.receive(metrics);
  };
  /** Lets promises run that wait for nothing. */
  const settle = async (): Promise<void> => {
    for (let n = 0; n < 50; n += 1) await Promise.resolve();
  };
  const pass = async (ms: number): Promise<void> => {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      clock.advanceMs(100);
      await settle();
    }
  };

  it('says ready only once the historian answers', async () => {
    sink.isAway = true;
    await ingest.start();
    await pass(2_000);
    expect(host.told).toEqual(['start']);
    sink.isAway = false;
    await pass(600);
    expect(host.told).toEqual(['start', 'ready']);
  });

  it('commits a batch after 100 ms or 1,000 rows', async () => {
    await ingest.start();
    send(3);
    await settle();
    expect(sink.insertCount).toBe(0);
    await pass(100);
    expect([sink.insertCount, sink.stored.size]).toEqual([1, 3]);
    send(1_000);
    await settle();
    expect([sink.insertCount, sink.stored.size]).toEqual([2, 1_003]);
  });

  it('tells rows only after they are committed, in order', async () => {
    const committed: (number | null)[] = [];
    ingest.onCommitted((rows) => committed.push(...rows.map((row) => row.value)));
    await ingest.start();
    sink.isAway = true;
    send(2_500);
    await pass(1_000);
    expect(committed).toEqual([]);
    sink.isAway = false;
    await pass(2_000);
    expect(committed).toEqual(Array.from({ length: 2_500 }, (_, n) => n + 1));
  });

  it('goes offline when rows wait for more than 5 s, keeps them, and comes back when all are committed', async () => {
    await ingest.start();
    expect(host.told).toEqual(['start', 'ready']);
    sink.isAway = true;
    send(1_500);
    await pass(4_900);
    expect(host.told.at(-1)).toBe('ready');
    await pass(700);
    expect(host.told.at(-1)).toBe('not ready');
    await pass(60_000);
    expect(ingest.snapshot().historian.waitingCount).toBe(1_500);
    sink.isAway = false;
    await pass(5_100);
    expect(sink.stored.size).toBe(1_500);
    expect(host.told).toEqual(['start', 'ready', 'not ready', 'ready']);
  });

  it('goes offline when an insert neither succeeds nor fails', async () => {
    await ingest.start();
    sink.isHanging = true;
    send(1);
    await pass(6_000);
    expect(host.told.at(-1)).toBe('not ready');
  });

  it('stays ready over one failure that the next try mends', async () => {
    await ingest.start();
    sink.isAway = true;
    send(1);
    await pass(300);
    sink.isAway = false;
    await pass(1_000);
    expect(sink.stored.size).toBe(1);
    expect(host.told).toEqual(['start', 'ready']);
  });

  it('holds bounded memory: it goes offline at once and counts what the edge nodes have to send again', async () => {
    create({ maxWaitingCount: 2_000 });
    await ingest.start();
    sink.isAway = true;
    send(1_900);
    send(300);
    expect(host.told.at(-1)).toBe('not ready');
    expect(ingest.snapshot().historian.waitingCount).toBe(2_000);
    expect(ingest.snapshot().ingest.faultCount).toBe(2 + 200);
    sink.isAway = false;
    await pass(2_000);
    expect(host.told.at(-1)).toBe('ready');
    expect(sink.stored.size).toBe(2_000);
  });

  it('says how much waits and for how long', async () => {
    await ingest.start();
    expect(ingest.snapshot().historian).toMatchObject({ waitingCount: 0, waitingBytes: 0, oldestWaitMs: null });
    sink.isAway = true;
    send(10);
    await pass(2_000);
    const { historian } = ingest.snapshot();
    expect(historian).toMatchObject({ waitingCount: 10, oldestWaitMs: 2_000 });
    expect(historian.waitingBytes).toBeGreaterThan(1_000);
  });

  it('goes offline at once when long texts fill the memory', async () => {
    create({ maxWaitingBytes: 10_000 });
    await ingest.start();
    sink.isAway = true;
    send(5, { datatype: 'String', value: 'x'.repeat(1_500) });
    expect(host.told.at(-1)).toBe('not ready');
    expect(ingest.snapshot().historian.waitingCount).toBe(3);
    expect(ingest.snapshot().ingest.faultCount).toBe(2 + 2);
    sink.isAway = false;
    await pass(2_000);
    expect(host.told.at(-1)).toBe('ready');
  });

  it('tells of a batch that fails, again each minute for as long as it does', async () => {
    const lines: string[] = [];
    const log: Log = { ...silentLog, warn: (text) => void lines.push(text), scope: () => log };
    ingest = createIngest({ host, sink, clock, log, random: () => 1 });
    await ingest.start();
    sink.isAway = true;
    send(1);
    await pass(150_000);
    expect(lines.filter((line) => line.includes('cannot be committed; it is kept'))).toHaveLength(3);
  });

  it('comes back under a steady flow', async () => {
    await ingest.start();
    sink.isAway = true;
    for (let n = 0; n < 80; n += 1) {
      send(10);
      await pass(100);
    }
    expect(host.told.at(-1)).toBe('not ready');
    sink.isAway = false;
    for (let n = 0; n < 60; n += 1) {
      send(10);
      await pass(100);
    }
    expect(host.told.at(-1)).toBe('ready');
  });

  it('passes on values with a wild time instead of storing them', async () => {
    await ingest.start();
    send(1, { timestampMs: 0 });
    send(1, { timestampMs: clock.nowMs() + 3_600_000 });
    await pass(200);
    expect(rejected.map(({ reason, metric }) => [reason, metric.value])).toEqual([
      ['timestamp-zero', 1],
      ['timestamp-in-future', 2],
    ]);
    expect(sink.stored.size).toBe(0);
    expect(ingest.snapshot().ingest.faultCount).toBe(4);
    expect(ingest.snapshot().historian.quarantinedCount).toBe(2);
  });

  it('counts rows sent twice as duplicates', async () => {
    await ingest.start();
    send(1, { timestampMs: clock.nowMs() });
    send(1, { timestampMs: clock.nowMs() });
    await pass(200);
    expect(ingest.snapshot().historian).toMatchObject({ insertedCount: 1, duplicateCount: 1, waitingCount: 0 });
  });

  it('measures the way of live values only, from their own time to the commit', async () => {
    await ingest.start();
    const at = (agoMs: number): number => clock.nowMs() - agoMs;
    // The first value of a metric may be as old as its last change: it is stored, not measured.
    send(1, { timestampMs: at(700_000) });
    send(1, { timestampMs: at(50) });
    send(1, { timestampMs: at(900_000), isHistorical: true });
    send(1, { timestampMs: at(800_000), isBirth: true });
    await pass(100);
    const { toHistorian, histogram } = ingest.snapshot().latencyToHistorian;
    expect(toHistorian?.count).toBe(1);
    expect(toHistorian?.p50Ms).toBeGreaterThan(125);
    expect(toHistorian?.p50Ms).toBeLessThanOrEqual(160);
    expect(histogram.at(-1)).toEqual({ upToMs: 200, count: 1 });
  });

  it('stops in order: no more messages, the last commit, the STATE death', async () => {
    await ingest.start();
    send(5);
    const stopped = ingest.stop().then(() => host.told.push(`stored ${sink.stored.size}`));
    send(1);
    await stopped;
    expect(host.told).toEqual(['start', 'ready', 'stop', 'stored 5']);
  });

  it('stops within 3 s when the historian is away, and leaves the rows to the edge nodes', async () => {
    await ingest.start();
    sink.isAway = true;
    send(5);
    let isStopped = false;
    const stopped = ingest.stop().then(() => (isStopped = true));
    await pass(3_000);
    expect(isStopped).toBe(true);
    await stopped;
    expect(host.told.at(-1)).toBe('stop');
    const { insertCount } = sink;
    await pass(20_000);
    expect(sink.insertCount).toBe(insertCount);
  });

  it('goes on when a listener of committed rows throws', async () => {
    ingest.onCommitted(() => {
      throw new Error('listener at fault');
    });
    await ingest.start();
    send(1);
    await pass(200);
    send(1);
    await pass(200);
    expect(sink.stored.size).toBe(2);
  });
});
