import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedBroker } from '../demo/embedded-broker.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { findFreePort } from '../testing/free-port.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.ts';
import { type BrokerLink, type LinkClosed, type LinkMessage, type LinkRequest, openBrokerLink } from './broker-link.ts';

const parts = { clock: systemClock, log: silentLog };
const links: BrokerLink[] = [];
let nextClient = 0;

async function open(url: string, request: Partial<LinkRequest> = {}): Promise<BrokerLink> {
  nextClient += 1;
  const link = await openBrokerLink({ url }, { clientId: `client-${nextClient}`, keepAliveS: 30, ...request }, parts);
  links.push(link);
  return link;
}

/** Resolves to the first `count` messages. */
function messages(link: BrokerLink, count: number): Promise<LinkMessage[]> {
  const seen: LinkMessage[] = [];
  return new Promise((resolve) => {
    const stop = link.onMessage((message) => {
      seen.push(message);
      if (seen.length < count) return;
      stop();
      resolve(seen);
    });
  });
}

const closed = (link: BrokerLink): Promise<LinkClosed> => new Promise((resolve) => link.onClosed(resolve));
const text = (message: LinkMessage | undefined): string => new TextDecoder().decode(message?.payload);
const qos0 = { qos: 0, retain: false } as const;

afterEach(async () => {
  await Promise.all(links.splice(0).map((link) => link.close()));
});

const brokers = [
  { name: 'mosquitto', start: () => startMosquitto() },
  { name: 'aedes', start: () => startEmbeddedBroker() },
];

describe.each(brokers)('a broker link to $name', ({ start }) => {
  let broker: { readonly url: string; readonly port: number; close(): Promise<void> };
  let proxy: TcpProxy;
  const proxyUrl = (): string => `mqtt://127.0.0.1:${proxy.port}`;

  beforeAll(async () => {
    broker = await start();
    proxy = await startTcpProxy(broker.port, systemClock);
  });
  afterAll(async () => {
    await proxy.close();
    await broker.close();
  });
  afterEach(() => proxy.resume());

  it('delivers 20,000 messages in order, all of them written before a barrier that has passed', async () => {
    const count = 20_000;
    const reader = await open(broker.url);
    expect(await reader.subscribe(['order/#'])).toEqual([1]);
    const arrived = messages(reader, count);
    const writer = await open(proxyUrl());
    for (let n = 0; n < count; n += 1) {
      await writer.publish(`order/${n % 7}`, String(n), qos0);
      if (n % 500 === 0) await writer.barrier();
    }
    await writer.barrier();
    // Cutting the writer now must not take anything back: the broker has it.
    proxy.cut();
    expect((await arrived).map((message) => Number(text(message)))).toEqual(Array.from({ length: count }, (_, n) => n));
  });

  it('ends several open barriers in the order of the calls', async () => {
    const link = await open(broker.url);
    const ended: number[] = [];
    await Promise.all([1, 2, 3].map((n) => link.barrier().then(() => ended.push(n))));
    expect(ended).toEqual([1, 2, 3]);
  });

  it('keeps messages that come before the first listener', async () => {
    const writer = await open(broker.url);
    await writer.publish('kept/state', 'online', { qos: 1, retain: true });
    const reader = await open(broker.url);
    await reader.subscribe(['kept/state']);
    await reader.barrier();
    const [message] = await messages(reader, 1);
    expect(message).toMatchObject({ topic: 'kept/state', isRetained: true });
    expect(text(message)).toBe('online');
  });

  it('leaves a Will that fires when the connection is lost, and not after close()', async () => {
    const reader = await open(broker.url);
    await reader.subscribe(['will/+']);
    const will = { payload: Uint8Array.of(1, 2, 0, 255), qos: 1, retain: false } as const;
    const polite = await open(broker.url, { will: { ...will, topic: 'will/polite' } });
    const unlucky = await open(proxyUrl(), { will: { ...will, topic: 'will/unlucky' } });
    await polite.close();
    const lost = closed(unlucky);
    proxy.cut();
    expect((await lost).code).toMatch(/^mqtt\/(connection-lost|closed-by-broker)$/);
    const [message] = await messages(reader, 1);
    expect(message?.topic).toBe('will/unlucky');
    expect(message?.payload).toEqual(Buffer.from(will.payload));
  });

  it('leaves its Will when it is dropped', async () => {
    const reader = await open(broker.url);
    await reader.subscribe(['will/dropped']);
    const link = await open(broker.url, { will: { topic: 'will/dropped', payload: 'gone', qos: 1, retain: false } });
    const ended = closed(link);
    link.drop();
    expect((await ended).code).toBe('mqtt/dropped');
    expect(text((await messages(reader, 1))[0])).toBe('gone');
  });

  it('rejects what is open when the connection is lost, and every call after it', async () => {
    const link = await open(proxyUrl());
    proxy.swallow();
    const open1 = expect(link.barrier()).rejects.toMatchObject({ code: 'mqtt/closed' });
    const open2 = expect(link.publish('a', 'b', { qos: 1, retain: false })).rejects.toMatchObject({
      code: 'mqtt/closed',
    });
    const open3 = expect(link.subscribe(['a'])).rejects.toMatchObject({ code: 'mqtt/closed' });
    proxy.cut();
    await Promise.all([open1, open2, open3]);
    await expect(link.publish('a', 'b', qos0)).rejects.toMatchObject({ code: 'mqtt/closed' });
    await expect(link.barrier()).rejects.toMatchObject({ code: 'mqtt/closed' });
    expect((await closed(link)).code).toMatch(/^mqtt\//);
  });

  it('notices a half-open connection within 1.5 times the keep-alive time', async () => {
    const link = await open(proxyUrl(), { keepAliveS: 1 });
    await link.barrier();
    const startMs = systemClock.monotonicMs();
    proxy.swallow();
    expect((await closed(link)).code).toBe('mqtt/silent');
    expect(systemClock.monotonicMs() - startMs).toBeLessThanOrEqual(1_500);
  });

  it('stays open over several keep-alive times with no traffic of its own', async () => {
    const link = await open(broker.url, { keepAliveS: 1 });
    const ended = closed(link).then(() => 'ended');
    const waited = new Promise((resolve) => systemClock.after(4_000, () => resolve('open')));
    expect(await Promise.race([ended, waited])).toBe('open');
    await link.barrier();
  });

  it('holds back a writer whose broker does not read, and rejects it when the link ends', async () => {
    const link = await open(proxyUrl());
    proxy.setDelayMs(50);
    const bytes = new Uint8Array(100_000);
    const written = Array.from({ length: 200 }, () => link.publish('slow', bytes, qos0));
    const all = Promise.allSettled(written);
    await expect(link.barrier()).resolves.toBeUndefined();
    expect((await all).every(({ status }) => status === 'fulfilled')).toBe(true);
    proxy.setDelayMs(0);
  });

  it.each(['a/+', 'a/#', 'a\0b', '', 'a/\ud800'])('refuses the topic %j and stays open', async (topic) => {
    const link = await open(broker.url);
    await expect(link.publish(topic, 'x', qos0)).rejects.toMatchObject({ code: 'mqtt/illegal-topic' });
    await link.barrier();
  });

  it('survives a listener that throws', async () => {
    const link = await open(broker.url);
    await link.subscribe(['throws']);
    const stop = link.onMessage(() => {
      throw new Error('listener at fault');
    });
    await link.publish('throws', 'x', { qos: 1, retain: false });
    await link.barrier();
    stop();
    await link.barrier();
  });
});

describe('a broker link to a frozen mosquitto', () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterAll(() => broker.close());

  it('passes no barrier while the broker is frozen, and passes it once it runs again', async () => {
    const link = await open(broker.url, { keepAliveS: 20 });
    await link.barrier();
    broker.freeze();
    await link.publish('frozen', 'x', qos0);
    const barrier = link.barrier().then(() => 'passed');
    const waited = new Promise((resolve) => systemClock.after(1_000, () => resolve('waiting')));
    expect(await Promise.race([barrier, waited])).toBe('waiting');
    broker.thaw();
    expect(await barrier).toBe('passed');
  });

  it('tells once that the broker was killed', async () => {
    const link = await open(broker.url);
    const reasons: LinkClosed[] = [];
    link.onClosed((reason) => reasons.push(reason));
    await Promise.all([closed(link), broker.kill()]);
    expect(reasons).toHaveLength(1);
    await broker.restart();
    await (await open(broker.url)).barrier();
  });
});

describe('subscribing', () => {
  it('tells what the broker granted, and refuses a filter that is none', async () => {
    const limited = await startMosquitto({ config: ['max_qos 0'] });
    const link = await open(limited.url);
    expect(await link.subscribe(['x/#', '1'])).toEqual([0, 0]);
    await expect(link.subscribe(['x/#/y'])).rejects.toMatchObject({ code: 'mqtt/subscribe' });
    await limited.close();
  });
});

describe('connecting', () => {
  it('names an address where nothing listens', async () => {
    const url = `mqtt://127.0.0.1:${await findFreePort()}`;
    await expect(open(url)).rejects.toMatchObject({ code: 'mqtt/unreachable' });
    await expect(open(url)).rejects.toThrow('check that the broker runs');
  });

  it('names a host that does not exist', async () => {
    await expect(open('mqtt://broker.invalid:1883')).rejects.toMatchObject({ code: 'mqtt/dns' });
  });

  it('names a text that is no address', async () => {
    await expect(open('http://127.0.0.1')).rejects.toMatchObject({ code: 'mqtt/url' });
  });

  it('names a refused password and a refused stranger', async () => {
    const broker = await startMosquitto({ login: { userName: 'edge', password: 'secret' } });
    const request = { clientId: 'edge-1', keepAliveS: 10 };
    const login = { url: broker.url, userName: 'edge' };
    try {
      await (await openBrokerLink({ ...login, password: 'secret' }, request, parts)).close();
      const refused = { code: expect.stringMatching(/^mqtt\/refused-/) as unknown };
      await expect(openBrokerLink({ ...login, password: 'wrong' }, request, parts)).rejects.toMatchObject(refused);
      await expect(openBrokerLink({ url: broker.url }, request, parts)).rejects.toMatchObject(refused);
    } finally {
      await broker.close();
    }
  });

  it('gives up when asked to, while the broker says nothing', async () => {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const abort = new AbortController();
    server.once('connection', () => abort.abort());
    const request = { clientId: 'edge-1', keepAliveS: 10 };
    const attempt = openBrokerLink({ url: `mqtt://127.0.0.1:${port}` }, request, { ...parts, signal: abort.signal });
    await expect(attempt).rejects.toMatchObject({ code: 'mqtt/given-up' });
    server.close();
    await once(server, 'close');
  });
});
