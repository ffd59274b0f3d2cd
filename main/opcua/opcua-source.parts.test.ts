import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import type { LineServerOptions } from '../demo/line-server.ts';
import { type DemoTag, machineTags } from '../demo/packaging-line-tags.ts';
import { findFreePort } from '../testing/free-port.ts';
import { bareSourceOptions } from './bare-server-fixture.ts';
import { observeSource } from './observed-source.ts';
import { createOpcuaSource, type OpcuaSource } from './opcua-source.ts';
import type { OpcuaTag } from './opcua-source-options.ts';

type Server = ChildProcessByStdio<Writable, Readable, null> & { endpointUrl: string };

const FIXTURE = fileURLToPath(new URL('../demo/line-server-process-fixture.ts', import.meta.url));

const toOpcuaTag = (tag: DemoTag): OpcuaTag => ({
  tagId: `${tag.machine}.${tag.metric}` as TagId,
  node: tag.node,
  datatype: tag.datatype,
  samplingIntervalMs: tag.sampling === 'event' ? 0 : 100,
  queueSize: tag.sampling === 'event' ? 100 : 10,
  isExempt: tag.sampling === 'event',
});
const TAGS = machineTags('Filler').map(toOpcuaTag);
const STATE = 'Filler.Status/State' as TagId;
const TEMPERATURE = 'Filler.Process/Temperature' as TagId;
const PROCESSED = 'Filler.Counts/Processed' as TagId;

let folder: string;
const running: Server[] = [];
const sources: OpcuaSource[] = [];

async function startServer(port: number): Promise<Server> {
  const options: LineServerOptions = {
    port,
    seed: 1,
    speedFactor: 4,
    isSecure: false,
    certificateFolder: join(folder, 'line'),
  };
  const child = spawn(process.execPath, [FIXTURE, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [endpointUrl] = (await once(createInterface(child.stdout), 'line')) as [string];
  const server = Object.assign(child, { endpointUrl });
  running.push(server);
  return server;
}

async function kill(server: Server): Promise<void> {
  running.splice(running.indexOf(server), 1);
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}

function startSource(endpointUrl: string, tags: readonly OpcuaTag[] = TAGS): OpcuaSource {
  const options = { ...bareSourceOptions(endpointUrl, folder, tags), serverId: 'line' };
  const source = createOpcuaSource(options);
  sources.push(source);
  source.start();
  return source;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-opcua-'));
});
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.stop()));
  for (const server of [...running]) await kill(server);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('OPC UA source', () => {
  it('tells values with the datatype, quality and times of the server', async () => {
    const server = await startServer(0);
    const source = startSource(server.endpointUrl);
    const observed = observeSource(source);
    const counted = await observed.nextSample((sample) => sample.tagId === PROCESSED && Number(sample.value) > 2);
    expect(counted).toMatchObject({ quality: 'good', statusCode: 0, hasSourceTime: true, hasOverflow: false });
    expect(Math.abs(counted.sourceTimestampMs - Date.now())).toBeLessThan(5_000);
    expect(observed.samples.find((sample) => sample.tagId === STATE)?.value).toBeTypeOf('string');
    expect(source.snapshot()).toMatchObject({ tagCount: TAGS.length, goodCount: TAGS.length, badCount: 0 });
  });

  it('has data again by itself after the server was killed and started anew', async () => {
    const port = await findFreePort();
    const server = await startServer(port);
    const source = startSource(server.endpointUrl);
    const observed = observeSource(source);
    await observed.nextSample((sample) => sample.tagId === STATE);
    await kill(server);
    const away = await observed.state((state) => state.phase === 'away');
    expect(away).toMatchObject({ code: expect.stringMatching(/^opcua\//), retryAtMs: expect.any(Number) });
    expect(source.snapshot().goodCount).toBe(0);
    const again = observed.nextSample((sample) => sample.tagId === STATE);
    await startServer(port);
    const backAtMs = Date.now();
    await again;
    await observed.state((state) => state.phase === 'connected');
    expect(Date.now() - backAtMs).toBeLessThan(8_000);
    expect(observed.states.filter((state) => state.phase === 'connected').length).toBe(2);
    expect(source.snapshot().recovery).toMatchObject({ gapCount: 1, newSessionCount: 1 });
  });

  it('notices a server that holds the connection but says nothing', async () => {
    const server = await startServer(0);
    const source = startSource(server.endpointUrl);
    const observed = observeSource(source);
    await observed.nextSample((sample) => sample.tagId === STATE);
    server.kill('SIGSTOP');
    const frozenAtMs = Date.now();
    const stale = await observed.state((state) => state.phase === 'stale');
    expect(stale).toMatchObject({ code: 'opcua/silent' });
    expect(Date.now() - frozenAtMs).toBeLessThan(10_000);
    // Silence is noticed after five seconds; what was heard last lies before them.
    expect(source.heardUntilMs).toBeLessThan(Date.now() - 4_500);
    expect(source.heardUntilMs).toBeGreaterThan(frozenAtMs - 4_500);
    await observed.state((state) => state.phase === 'away' && state.code === 'opcua/unreachable');
    const again = observed.nextSample((sample) => sample.tagId === STATE);
    server.kill('SIGCONT');
    await again;
    await observed.state((state) => state.phase === 'connected');
    expect(source.snapshot().recovery.newSessionCount).toBe(0);
  });

  it('stops quickly while the server is frozen', async () => {
    const server = await startServer(0);
    const source = startSource(server.endpointUrl);
    const observed = observeSource(source);
    await observed.nextSample((sample) => sample.tagId === STATE);
    server.kill('SIGSTOP');
    const fromMs = Date.now();
    await source.stop();
    expect(Date.now() - fromMs).toBeLessThan(3_000);
    expect(source.snapshot().state.phase).toBe('stopped');
  });

  it('stops quickly while it waits for the answer of a frozen server', async () => {
    const server = await startServer(0);
    server.kill('SIGSTOP');
    const source = startSource(server.endpointUrl);
    await observeSource(source).state((state) => state.phase === 'connecting');
    await new Promise((resolve) => setTimeout(resolve, 500));
    const fromMs = Date.now();
    await source.stop();
    expect(Date.now() - fromMs).toBeLessThan(3_000);
  });

  it('slows the tags that are not exempt in place, and restores them', async () => {
    const server = await startServer(0);
    const source = startSource(server.endpointUrl);
    await observeSource(source).state((state) => state.phase === 'connected');
    const [before] = source.grants();
    await source.setSlowSampling(true);
    const [slow] = source.grants();
    expect(slow?.items[TEMPERATURE]?.granted.samplingIntervalMs).toBe(2_000);
    expect(slow?.items[STATE]?.granted.samplingIntervalMs).toBe(before?.items[STATE]?.granted.samplingIntervalMs);
    const slowed = TAGS.filter((tag) => !tag.isExempt);
    expect(source.sampling()).toMatchObject({
      phase: 'slow',
      slowedCount: slowed.length,
      exemptCount: TAGS.length - slowed.length,
      refusedCount: 0,
      // 100 ms to 2,000 ms.
      notTakenPerS: expect.closeTo(slowed.length * 9.5, 6) as number,
    });
    await source.setSlowSampling(false);
    const [after] = source.grants();
    expect(after).toEqual(before);
    expect(after?.items[TEMPERATURE]?.granted.samplingIntervalMs).toBe(100);
  });

  it('remembers slow sampling over a reconnect', async () => {
    const port = await findFreePort();
    const server = await startServer(port);
    const source = startSource(server.endpointUrl);
    const observed = observeSource(source);
    await observed.state((state) => state.phase === 'connected');
    await kill(server);
    await observed.state((state) => state.phase === 'away');
    await source.setSlowSampling(true);
    expect(source.sampling()).toMatchObject({ phase: 'away', slowedCount: 0, notTakenPerS: 0 });
    await startServer(port);
    await observed.state((state) => state.phase === 'connected');
    expect(source.grants()[0]?.items[TEMPERATURE]?.granted.samplingIntervalMs).toBe(2_000);
    expect(source.sampling()).toMatchObject({ phase: 'slow', slowedCount: TAGS.filter((tag) => !tag.isExempt).length });
    await source.setSlowSampling(false);
    expect(source.grants()[0]?.items[TEMPERATURE]?.granted.samplingIntervalMs).toBe(100);
  });

  it('reports bad tags by name and reason and watches the others', async () => {
    const server = await startServer(0);
    const missing: OpcuaTag = {
      ...TAGS[0]!,
      tagId: 'Filler.Missing' as TagId,
      node: 'nsu=urn:lineside:demo-line;s=No',
    };
    const foreign: OpcuaTag = { ...TAGS[0]!, tagId: 'Filler.Foreign' as TagId, node: 'nsu=urn:other;s=Filler.State' };
    const wrong: OpcuaTag = { ...TAGS[0]!, tagId: 'Filler.Wrong' as TagId, datatype: 'Double' };
    const source = startSource(server.endpointUrl, [missing, ...TAGS, foreign, wrong]);
    const observed = observeSource(source);
    const refused = await observed.nextSample((sample) => sample.tagId === wrong.tagId);
    expect(refused).toMatchObject({ value: null, quality: 'bad', statusCode: 0x80740000 });
    await observed.state((state) => state.phase === 'connected');
    const snapshot = source.snapshot();
    expect(snapshot.goodCount).toBe(TAGS.length);
    expect(snapshot.badCount).toBe(3);
    expect(Object.fromEntries(snapshot.badTags.map((tag) => [tag.tagId, tag.reason]))).toEqual({
      'Filler.Missing': 'BadNodeIdUnknown',
      'Filler.Foreign': 'the server has no namespace urn:other',
      'Filler.Wrong': 'the value has another datatype, configured is Double',
    });
  });

  it('says that nothing listens, and when it tries again', async () => {
    const port = await findFreePort();
    const source = startSource(`opc.tcp://127.0.0.1:${port}`);
    const away = await observeSource(source).state((state) => state.phase === 'away');
    expect(away).toMatchObject({ code: 'opcua/unreachable', text: expect.stringContaining('Next: ') });
  });
});
