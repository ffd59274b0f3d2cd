import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrokerLink } from '../mqtt/broker-link.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { decodePayload } from '../sparkplug/decode-payload.ts';
import type { IncomingMessage } from '../sparkplug/host-node.ts';
import { EdgeNodeStream } from '../testing/edge-node-stream.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { EXIT } from './read-arguments.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

interface Heard {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly isRetained: boolean;
}

let broker: Mosquitto;
let heard: Heard[] = [];
const closers: (() => Promise<void>)[] = [];

/** An edge node whose press answers a write of `speed` with what it was told, at most 100. */
async function startWritableEdge(): Promise<void> {
  const link = await openBrokerLink(
    { url: broker.url },
    { clientId: 'writable', keepAliveS: 10 },
    { clock: systemClock, log: silentLog },
  );
  closers.push(() => link.close());
  const edge = new EdgeNodeStream(3);
  const say = (...messages: readonly IncomingMessage[]): void => {
    for (const { verb, deviceId, bytes } of messages) {
      const topic = `spBv1.0/plant/${verb}/line${deviceId === null ? '' : `/${deviceId}`}`;
      void link.publish(topic, bytes, { qos: 0, retain: false });
    }
  };
  link.onMessage((message) => {
    heard.push(message);
    const result = decodePayload(message.payload);
    if (message.topic.includes('/NCMD/')) say(edge.nodeBirth(), edge.deviceBirth('press'));
    else if (message.topic.includes('/DCMD/') && result.kind === 'ok') {
      const wanted = result.payload.metrics[0]?.wireValue;
      if (typeof wanted === 'number') say(edge.data('press', 'speed', Math.min(100, wanted), systemClock.nowMs()));
    }
  });
  await link.subscribe(['spBv1.0/#']);
}

beforeAll(async () => {
  broker = await startMosquitto();
  await startWritableEdge();
});
afterAll(async () => {
  for (const close of closers) await close();
  await broker.close();
});

interface Ended {
  readonly code: number | null;
  readonly lines: readonly Record<string, unknown>[];
  readonly errors: string;
}

/** Runs to its end with `--json`; anything but JSON lines on standard output fails the test. */
async function run(...words: string[]): Promise<Ended> {
  heard = [];
  const child = spawn(process.execPath, [CLI, 'sparkplug', ...words, '--broker', broker.url, '--json']);
  const lines: Record<string, unknown>[] = [];
  let errors = '';
  child.stderr.on('data', (text) => (errors += String(text)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    if (words[0] === 'watch' && lines.at(-1)?.['kind'] === 'birth' && lines.at(-1)?.['deviceId'] === 'press') {
      child.kill('SIGTERM');
    }
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines, errors };
}

const NODE = ['--group', 'plant', '--node', 'line'];
const SPEED = ['command', ...NODE, '--device', 'press', '--metric', 'speed'];

describe('lineside sparkplug', () => {
  it('watches a plant without saying anything, and with --rebirth asks for the births it shows', async () => {
    const silent = await run('watch', ...NODE, '--seconds', '1');
    expect([silent.code, silent.lines.map(({ kind }) => kind), heard]).toEqual([EXIT.ok, ['connection'], []]);

    const { code, lines } = await run('watch', ...NODE, '--rebirth');
    expect(code).toBe(EXIT.ok);
    expect(heard.map(({ topic }) => topic)).toContain('spBv1.0/plant/NCMD/line');
    expect(heard.filter(({ topic }) => topic.includes('STATE'))).toEqual([]);
    expect(lines.filter(({ kind }) => kind === 'birth')).toMatchObject([
      { groupId: 'plant', edgeNodeId: 'line', deviceId: null, bdSeq: 3 },
      { deviceId: 'press', rows: [{ metricName: 'speed', datatype: 'Double', value: '0', isStale: false }] },
    ]);
    expect(lines.find(({ metricName }) => metricName === 'bdSeq')).toMatchObject({ value: '3', datatype: 'Int64' });
  });

  // tck-id-topics-dcmd-topic, tck-id-topics-dcmd-mqtt, tck-id-topics-dcmd-timestamp, tck-id-topics-dcmd-payload
  // tck-id-payloads-dcmd-seq, tck-id-payloads-dcmd-timestamp, tck-id-payloads-dcmd-retain
  // tck-id-operational-behavior-data-commands-dcmd-verb, tck-id-operational-behavior-data-commands-dcmd-metric-name
  // tck-id-operational-behavior-data-commands-dcmd-metric-value
  it('writes a metric by name and datatype without seq, retained by nobody, and shows the echo', async () => {
    const { code, lines } = await run(...SPEED, '--value', '12.5');
    expect([code, lines.map(({ kind }) => kind)]).toEqual([EXIT.ok, ['asked', 'sent', 'echo']]);
    expect(lines.at(-1)).toMatchObject({ value: 12.5, isConfirmed: true, quality: 'good' });
    const command = heard.find(({ topic }) => topic === 'spBv1.0/plant/DCMD/line/press');
    const result = decodePayload(command?.payload ?? new Uint8Array());
    expect(command?.isRetained).toBe(false);
    expect(result).toMatchObject({
      kind: 'ok',
      payload: { seq: undefined, metrics: [{ name: 'speed', alias: undefined, datatype: 10, wireValue: 12.5 }] },
    });
    if (result.kind === 'ok') expect(result.payload.timestampMs).toBeGreaterThan(1_700_000_000_000);
  });

  it('ends with its own code where the device reports another value, and shows that one', async () => {
    const { code, lines } = await run(...SPEED, '--value', '500', '--timeout', '3');
    expect([code, lines.map(({ kind }) => kind)]).toEqual([
      EXIT.notConfirmed,
      ['asked', 'sent', 'echo', 'not-confirmed'],
    ]);
    expect(lines[2]).toMatchObject({ value: 100, isConfirmed: false });
  });

  it('sends nothing that the birth does not know, or its datatype cannot hold', async () => {
    const wrong = await run(...SPEED, '--value', 'fast');
    expect([wrong.code, wrong.errors]).toEqual([EXIT.usage, expect.stringContaining('"fast" is no Double')]);
    const unknown = await run('command', ...NODE, '--device', 'press', '--metric', 'spin', '--value', '1');
    expect([unknown.code, unknown.errors]).toEqual([EXIT.failed, expect.stringContaining('it has: speed')]);
    expect(heard.filter(({ topic }) => topic.includes('/DCMD/'))).toEqual([]);
  });

  // tck-id-operational-behavior-data-commands-ncmd-rebirth-verb, -name and -value in the payload of every request
  it('asks a node for its births and waits for them', async () => {
    const { code, lines } = await run('command', ...NODE, '--rebirth');
    expect([code, lines.map(({ kind }) => kind)]).toEqual([EXIT.ok, ['sent', 'born']]);
  });
});
