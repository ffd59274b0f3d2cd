/** Rows that cannot be sent, through the real buffer, edge node and link, against a real broker with a limit. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MetricChange } from '../shared/domain/metric.ts';
import { openBrokerLink } from './mqtt/broker-link.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { silentLog } from './platform/log.ts';
import { createHostRunner } from './sparkplug/host-runner.ts';
import { type GatewayRigOptions, openGatewayRig } from './testing/gateway-rig.ts';
import { type Mosquitto, startMosquitto } from './testing/mosquitto.ts';

const LIMIT = { timeout: 30_000, interval: 50 };
const MAX_PACKET_BYTES = 2_000;
const root = mkdtempSync(join(tmpdir(), 'lineside-poison-'));
/** Waits a tenth of the time between connections. */
const fastClock: Clock = { ...systemClock, after: (delayMs, action) => systemClock.after(delayMs / 10, action) };

const note = (index: number, value: string): MetricChange => ({
  deviceId: 'press',
  metricName: 'note',
  datatype: 'String',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs: 1_767_600_000_000 + index,
});

const IMPOSSIBLE = 'impossible';

/** No row of today makes our encoder fail; one of tomorrow may. */
const toImpossible = <Row extends MetricChange>(row: Row): Row =>
  row.value !== IMPOSSIBLE
    ? row
    : Object.defineProperty({ ...row }, 'value', {
        get: () => {
          throw new Error('no such value');
        },
      });

describe('a row that cannot be sent', () => {
  let broker: Mosquitto;
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    broker = await startMosquitto({ config: [`max_packet_size ${MAX_PACKET_BYTES}`] });
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  afterAll(async () => {
    await broker.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function openGateway(more: Partial<GatewayRigOptions> = {}) {
    const gateway = await openGatewayRig({
      brokerUrl: broker.url,
      folder: mkdtempSync(join(root, 'case-')),
      metrics: [{ ...note(0, ''), metricName: 'note' }],
      historyRowsPerS: 100_000,
      edgeClock: fastClock,
      ...more,
    });
    ends.push(gateway.close);
    return gateway;
  }

  /** Values of `note` as a host on the same broker receives them, births aside. */
  function listen(): Set<unknown> {
    const received = new Set<unknown>();
    const host = createHostRunner({
      hostId: 'ingest',
      keepAliveS: 10,
      openLink: (_index, request) =>
        openBrokerLink({ url: broker.url }, request, { clock: systemClock, log: silentLog }),
      memory: { readSetting: () => Promise.resolve(undefined), writeSetting: () => Promise.resolve() },
      reorderTimeoutMs: 500,
      clock: systemClock,
      log: silentLog,
      random: Math.random,
    });
    host.onMetrics((metrics) => {
      for (const metric of metrics) if (!metric.isBirth && metric.metricName === 'note') received.add(metric.value);
    });
    ends.push(() => host.stop());
    host.start();
    return received;
  }

  it('is set aside with its reason while the connection stays, where the limit of the broker is known', async () => {
    const received = listen();
    let bornCount = 0;
    const gateway = await openGateway({
      maxPacketBytes: MAX_PACKET_BYTES,
      wrapSender: (sender) => ({
        barrier: () => sender.barrier(),
        send: (rows, isHistorical) => sender.send(rows.map(toImpossible), isHistorical),
      }),
    });
    gateway.edge.onBorn(() => bornCount++);
    const texts = Array.from({ length: 600 }, (_, index) => `note ${index}`);
    const rows = texts.map((text, index) => note(index, text));
    rows[99] = note(99, 'x'.repeat(5_000));
    rows[199] = note(199, IMPOSSIBLE);
    await gateway.buffer.append(rows, false);
    gateway.forwarder.rowsCommitted(600);
    gateway.edge.start();
    await expect.poll(async () => (await gateway.buffer.stats()).rowCount, LIMIT).toBe(0);
    const expected = texts.filter((_text, index) => index !== 99 && index !== 199);
    await expect.poll(() => received.size, LIMIT).toBe(expected.length);
    expect([...received]).toEqual(expected);
    expect(await gateway.buffer.deadLetters()).toMatchObject([
      { rowId: 100, reason: expect.stringContaining('the largest packet of the broker leaves'), isReadable: true },
      { rowId: 200, reason: 'it cannot be encoded: no such value', isReadable: true },
    ]);
    expect(await gateway.buffer.stats()).toMatchObject({ deadLetterCount: 2, confirmedCount: 598, queuedCount: 600 });
    expect(bornCount).toBe(1);
  });

  it('is found by what closes the connection, where nobody knows the limit, and all others arrive', async () => {
    const received = listen();
    const gateway = await openGateway();
    const texts = Array.from({ length: 400 }, (_, index) => `note ${index}`);
    const rows = texts.map((text, index) => note(index, index === 249 ? 'x'.repeat(5_000) : text));
    await gateway.buffer.append(rows, false);
    gateway.forwarder.rowsCommitted(400);
    gateway.edge.start();
    await expect.poll(async () => (await gateway.buffer.stats()).rowCount, LIMIT).toBe(0);
    const expected = texts.filter((_text, index) => index !== 249);
    await expect.poll(() => received.size, LIMIT).toBe(expected.length);
    expect(await gateway.buffer.deadLetters()).toMatchObject([
      { rowId: 250, reason: expect.stringContaining('the broker closed the connection 3 times'), isReadable: true },
    ]);
    expect(await gateway.buffer.stats()).toMatchObject({ deadLetterCount: 1, confirmedCount: 399 });
  });
});
