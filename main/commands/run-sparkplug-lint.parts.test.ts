import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerLink, openBrokerLink } from '../mqtt/broker-link.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { encodeNodeDeath, encodeRebirthRequest } from '../sparkplug/edge-node-births.ts';
import { encodePayload, toWireMetric } from '../sparkplug/encode-payload.ts';
import { metric } from '../testing/edge-node-fixture.ts';
import { openGatewayRig } from '../testing/gateway-rig.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { EXIT } from './read-arguments.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

let folder: string;
let broker: Mosquitto;
/** Nobody misbehaves here. */
let cleanBroker: Mosquitto;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-lint-command-'));
  [broker, cleanBroker] = await Promise.all([startMosquitto(), startMosquitto()]);
});
afterAll(async () => {
  await Promise.all([broker.close(), cleanBroker.close()]);
  await rm(folder, { recursive: true, force: true });
});

interface Listening {
  readonly child: ChildProcessWithoutNullStreams;
  text(): string;
  errors(): string;
  /** Resolves when standard error holds `words`, as often as told. */
  says(words: string, times?: number): Promise<void>;
}

function start(...words: string[]): Listening {
  const child = spawn(process.execPath, [CLI, 'sparkplug', 'lint', ...words]);
  let text = '';
  let errors = '';
  child.stdout.on('data', (part) => (text += String(part)));
  child.stderr.on('data', (part) => (errors += String(part)));
  const says = async (wanted: string, times = 1): Promise<void> => {
    while (errors.split(wanted).length <= times) await once(child.stderr, 'data');
  };
  return { child, text: () => text, errors: () => errors, says };
}

async function end({ child }: Listening, signal?: NodeJS.Signals): Promise<number | null> {
  if (signal !== undefined) child.kill(signal);
  if (child.exitCode === null) await once(child, 'close');
  return child.exitCode;
}

const openLink = (clientId: string, { url } = broker): Promise<BrokerLink> =>
  openBrokerLink({ url }, { clientId, keepAliveS: 30 }, { clock: systemClock, log: silentLog });

/** An edge node that does much of what is seen in the field. */
async function misbehave(): Promise<void> {
  const link = await openLink('bad');
  const nowMs = systemClock.nowMs();
  const head = { name: 'speed', hasDatatype: true, isHistorical: false };
  const speed = (value: number) => toWireMetric(head, { ...metric('speed', value), timestampMs: nowMs });
  const send = (verb: string, payload: Uint8Array | string, options: Partial<{ qos: 0 | 1; retain: boolean }> = {}) =>
    link.publish(`spBv1.0/bad/${verb}`, payload, { qos: 0, retain: false, ...options });
  await send('NBIRTH/node', encodePayload(Math.round(nowMs / 1_000), 1, [speed(1)]), { retain: true });
  await send('NDATA/node', encodePayload(nowMs, 2, [speed(2)]), { qos: 1 });
  await send('NDATA/node', encodePayload(nowMs, 7, [speed(2)]));
  await send('DDATA/node/press', encodePayload(nowMs, 8, [speed(2)]));
  await send('NDEATH/node', encodeNodeDeath(9, nowMs), { qos: 1 });
  await send('NDATA/node', 'no protobuf');
  await link.publish('STATE/scada', 'ONLINE', { qos: 1, retain: true });
  await link.barrier();
  await link.close();
}

const rulesOf = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; rule?: string })
    .flatMap(({ rule }) => rule ?? [])
    .sort();

describe('lineside sparkplug lint', () => {
  it('names what a bad publisher does, ends with 1, and finds the same in the recording', async () => {
    const recording = join(folder, 'bad.jsonl');
    const live = start('--broker', broker.url, '--json', '--record', recording);
    await live.says('listening');
    await misbehave();
    expect(await end(live, 'SIGINT')).toBe(EXIT.failed);
    const rules = rulesOf(live.text());
    for (const rule of ['timestamp-implausible', 'seq-birth', 'bdseq-missing', 'rebirth-metric', 'qos', 'seq-gap']) {
      expect(rules).toContain(rule);
    }
    for (const rule of ['device-not-born', 'death-bdseq', 'not-protobuf', 'state-topic', 'data-datatype']) {
      expect(rules).toContain(rule);
    }
    const again = start('--file', recording, '--json');
    expect(await end(again)).toBe(EXIT.failed);
    expect(rulesOf(again.text())).toEqual(rules);
    const read = start('--file', recording);
    await end(read);
    expect(read.text()).toMatch(/bad\/node\n {2}MUST/);
    expect(read.text()).toMatch(/\n7 messages, \d+ findings \(must \d+, should \d+, advice 0\)\n$/);
  });

  it('sees at once that a birth was retained, and takes nothing else from it', async () => {
    const late = start('--broker', broker.url, '--json', '--group', 'bad');
    await late.says('listening');
    expect(await end(late, 'SIGTERM')).toBe(EXIT.failed);
    expect(rulesOf(late.text())).toEqual(['retain', 'state-topic']);
  });

  it('finds nothing at our own gateway, over a lost connection and a rebirth', async () => {
    const live = start('--broker', cleanBroker.url);
    await live.says('listening');
    const metrics = [{ ...metric('speed'), timestampMs: systemClock.nowMs() }];
    const rig = await openGatewayRig({ brokerUrl: cleanBroker.url, folder, metrics, historyRowsPerS: 1_000 });
    const born = (): Promise<void> => new Promise((resolve) => rig.edge.onBorn(resolve));
    rig.edge.start();
    await born();
    await rig.edge.barrier();
    rig.edge.dropLink(new Error('the test cuts it'));
    await born();
    const host = await openLink('asks', cleanBroker);
    const reborn = born();
    await host.publish('spBv1.0/plant/NCMD/line', encodeRebirthRequest(systemClock.nowMs()), { qos: 0, retain: false });
    await reborn;
    await rig.close();
    await host.close();
    expect(await end(live, 'SIGINT')).toBe(EXIT.ok);
    // Three births of the node and its device, two deaths, one request.
    expect(live.text()).toBe('9 messages, 0 findings (must 0, should 0, advice 0)\n');
  });

  it('goes on after the broker was away, and holds nothing against what came before', async () => {
    const live = start('--broker', cleanBroker.url, '--json');
    await live.says('listening');
    const send = async (seq: number): Promise<void> => {
      const link = await openLink('node', cleanBroker);
      const nowMs = systemClock.nowMs();
      const head = { name: 'speed', hasDatatype: false, isHistorical: false };
      const speed = toWireMetric(head, { ...metric('speed', seq), timestampMs: nowMs });
      await link.publish('spBv1.0/plant/NDATA/line', encodePayload(nowMs, seq, [speed]), { qos: 0, retain: false });
      await link.barrier();
      await link.close();
    };
    await send(5);
    await cleanBroker.kill();
    await live.says('trying again');
    await cleanBroker.restart();
    await live.says('listening', 2);
    await send(90);
    expect(await end(live, 'SIGINT')).toBe(EXIT.ok);
    const last = { kind: 'end', messageCount: 2, unseenBirths: [{ name: 'plant/line', messageCount: 1 }] };
    expect(JSON.parse(live.text())).toMatchObject(last);
  });

  it('refuses what it cannot do, and says why', async () => {
    const nothing = start();
    expect(await end(nothing)).toBe(EXIT.usage);
    expect(nothing.errors()).toContain('name a broker or a recording');
    const both = start('--file', 'x', '--seconds', '3');
    expect(await end(both)).toBe(EXIT.usage);
    const away = start('--broker', 'mqtt://127.0.0.1:1');
    expect(await end(away)).toBe(EXIT.failed);
    expect(away.errors()).toContain('mqtt/unreachable');
  });
});
