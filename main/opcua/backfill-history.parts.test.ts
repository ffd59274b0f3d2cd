import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sample } from '../../shared/domain/metric.ts';
import type { LoadOptions } from '../demo/line-server-load.ts';
import { type LineServerThread, startLineServerThread } from '../demo/line-server-thread.ts';
import { loadTagName, loadTags, machineTags } from '../demo/packaging-line-tags.ts';
import { systemClock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.ts';
import { type ObservedSource, observeSource } from './observed-source.ts';
import { createOpcuaSource, type OpcuaSource } from './opcua-source.ts';
import type { OpcuaTag } from './opcua-source-options.ts';

interface LogLine {
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>> | undefined;
}

/** A log that can be awaited. */
class HeardLog implements Log {
  readonly lines: LogLine[] = [];
  readonly #waiting: { readonly text: string; readonly resolve: (line: LogLine) => void }[] = [];

  info = (text: string, facts?: Readonly<Record<string, unknown>>): void => this.#hear({ text, facts });
  warn = (text: string, facts?: Readonly<Record<string, unknown>>): void => this.#hear({ text, facts });
  error = (text: string, facts?: Readonly<Record<string, unknown>>): void => this.#hear({ text, facts });
  scope = (): Log => this;

  /** The next line of this text that is written after this call. */
  next(text: string): Promise<LogLine> {
    return new Promise((resolve) => this.#waiting.push({ text, resolve }));
  }

  #hear(line: LogLine): void {
    this.lines.push(line);
    for (const { text, resolve } of this.#waiting) if (text === line.text) resolve(line);
  }
}

const TAG_COUNT = 20;
const MISSED = 30;
const toOpcuaTag = (tag: { metric: string; node: string; datatype: OpcuaTag['datatype'] }): OpcuaTag => ({
  tagId: tag.metric as OpcuaTag['tagId'],
  node: tag.node,
  datatype: tag.datatype,
  samplingIntervalMs: 0,
  queueSize: 200,
  isExempt: true,
});
const LOAD = loadTags(TAG_COUNT).map(toOpcuaTag);
const [LAST] = LOAD.slice(-1) as [OpcuaTag];

let folder: string;
let server: LineServerThread;
const sources: OpcuaSource[] = [];
const proxies: TcpProxy[] = [];

const startServer = (load: LoadOptions): Promise<LineServerThread> =>
  startLineServerThread({ seed: 1, isSecure: false, certificateFolder: join(folder, 'line'), load });

interface Watched {
  readonly source: OpcuaSource;
  readonly observed: ObservedSource;
  readonly log: HeardLog;
}

function watch(options: {
  tags: readonly OpcuaTag[];
  log?: HeardLog;
  backfillFromMs?: number;
  port?: number;
}): Watched {
  const log = options.log ?? new HeardLog();
  const endpointUrl =
    options.port === undefined ? server.endpointUrl : server.endpointUrl.replace(/:\d+/, `:${options.port}`);
  const source = createOpcuaSource({
    serverId: 'line',
    endpointUrl,
    securityMode: 'None',
    securityPolicy: 'None',
    identity: { type: 'anonymous' },
    publishingIntervalMs: 100,
    slowSamplingIntervalMs: 2_000,
    tags: options.tags,
    trustFolder: join(folder, 'trust'),
    clock: systemClock,
    log,
    ...(options.backfillFromMs === undefined ? {} : { backfillFromMs: options.backfillFromMs }),
  });
  sources.push(source);
  const observed = observeSource(source);
  source.start();
  return { source, observed, log };
}

/** Resolves when so many more values of each load tag were made, seen by a client that stays. */
async function afterMoreValues(monitor: ObservedSource, count: number): Promise<void> {
  const made = (await server.rampCounts())[loadTagName(TAG_COUNT - 1)] ?? 0;
  await monitor.nextSample((sample) => Number(sample.value) >= made + count);
}

/** Resolves when the last value of each load tag was told; the load has ended. */
async function untilToldAll(observed: ObservedSource, counts: Readonly<Record<string, number>>): Promise<void> {
  const hasAll = (): boolean =>
    LOAD.every(({ tagId }, index) => numbersOf(observed.samples, tagId).includes(counts[loadTagName(index)] ?? 0));
  while (!hasAll()) await observed.nextSample(() => true);
}

const numbersOf = (samples: readonly Sample[], tagId: string): number[] =>
  samples.filter((sample) => sample.tagId === tagId).map((sample) => Number(sample.value));

/** Values between the first and the last that were not told. */
function findMissing(samples: readonly Sample[], tagId: string): number[] {
  const told = new Set(numbersOf(samples, tagId));
  const first = Math.min(...told);
  const last = Math.max(...told);
  return Array.from({ length: last - first + 1 }, (_unused, index) => first + index).filter(
    (value) => !told.has(value),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-backfill-'));
});
beforeEach(async () => {
  server = await startServer({ tagCount: TAG_COUNT, changesPerSPerTag: 10 });
});
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.stop()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  await server.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('back-fill', () => {
  it('brings every value that was made while no client was there', async () => {
    const monitor = watch({ tags: [LAST] });
    const before = watch({ tags: LOAD });
    await before.observed.nextSample((sample) => sample.tagId === LAST.tagId && Number(sample.value) > 5);
    await before.source.stop();
    const stoppedAtMs = Date.now();
    await afterMoreValues(monitor.observed, MISSED);

    const unaware = watch({ tags: LOAD });
    const log = new HeardLog();
    const read = log.next('history is read');
    const after = watch({ tags: LOAD, log, backfillFromMs: stoppedAtMs });
    const line = await read;
    await server.command({ kind: 'load-stop' });
    const counts = await server.rampCounts();
    await Promise.all([after, unaware].map(({ observed }) => untilToldAll(observed, counts)));

    LOAD.forEach(({ tagId }, index) => {
      const union = [...before.observed.samples, ...after.observed.samples];
      expect(findMissing(union, tagId)).toEqual([]);
      expect(Math.max(...numbersOf(union, tagId))).toBe(counts[loadTagName(index)]);
      const live = [...before.observed.samples, ...unaware.observed.samples];
      expect(findMissing(live, tagId).length).toBeGreaterThanOrEqual(MISSED - 5);
    });
    expect(line.facts).toMatchObject({ tags: TAG_COUNT, from: new Date(stoppedAtMs - 2_000).toISOString() });
    expect(Number(line.facts?.['samples'])).toBeGreaterThanOrEqual(TAG_COUNT * (MISSED - 5));
    expect(after.observed.samples.every((sample) => sample.hasSourceTime && sample.quality === 'good')).toBe(true);
    expect(after.source.snapshot()).toMatchObject({ goodCount: TAG_COUNT, badCount: 0 });
  });

  it('brings by itself what the queues of the server could not hold while the connection was broken', async () => {
    const proxy = await startTcpProxy(Number(new URL(server.endpointUrl.replace('opc.tcp', 'http')).port), systemClock);
    proxies.push(proxy);
    const monitor = watch({ tags: [LAST] });
    const { source, observed, log } = watch({
      tags: LOAD.map((tag) => ({ ...tag, queueSize: MISSED / 6 })),
      port: proxy.port,
    });
    await observed.nextSample((sample) => sample.tagId === LAST.tagId && Number(sample.value) > 5);
    expect(log.lines.map((line) => line.text)).not.toContain('history is read');
    proxy.cut();
    await observed.state((state) => state.phase === 'away');
    const awayAtMs = Date.now();
    await afterMoreValues(monitor.observed, MISSED);
    expect(source.observedUntilMs).toBeLessThanOrEqual(awayAtMs);
    const read = log.next('history is read');
    proxy.resume();
    await read;
    await observed.nextSample(() => (source.observedUntilMs ?? 0) > awayAtMs);
    for (const { tagId } of LOAD) expect(findMissing(observed.samples, tagId)).toEqual([]);
  });

  it('leaves tags without history alone', async () => {
    const log = new HeardLog();
    const read = log.next('history is read');
    const tags = [...machineTags('Filler').map(toOpcuaTag), LAST];
    watch({ tags, log, backfillFromMs: Date.now() - 60_000 });
    expect((await read).facts).toMatchObject({ tags: 1 });
    expect(log.lines.map((line) => line.text)).toEqual([
      'channel is not secured: anyone on the network can read and change the values',
      'connected',
      'history is read',
    ]);
  });

  it('reads page by page, in order per tag, and hands over at most 1,000 samples at once', async () => {
    await server.close();
    server = await startServer({ tagCount: TAG_COUNT, changesPerSPerTag: 500 });
    const startedAtMs = Date.now();
    const monitor = watch({ tags: [LAST] });
    await monitor.observed.nextSample((sample) => Number(sample.value) >= 1_500);
    await monitor.source.stop();
    await server.command({ kind: 'load-stop' });
    const log = new HeardLog();
    const read = log.next('history is read');
    const { source, observed } = watch({ tags: LOAD, log, backfillFromMs: startedAtMs });
    const batchSizes: number[] = [];
    source.onSamples((samples) => batchSizes.push(samples.length));
    await read;
    const counts = await server.rampCounts();
    LOAD.forEach(({ tagId }, index) => {
      const last = counts[loadTagName(index)] ?? 0;
      const told = numbersOf(observed.samples, tagId);
      // The first of the last value is the live one; it comes when it comes.
      const values = told.toSpliced(told.indexOf(last), 1);
      expect(values.at(-1)).toBe(last);
      expect(values).toEqual(values.map((_value, offset) => Number(values[0]) + offset));
      expect(values.length).toBeGreaterThan(1_000);
    });
    expect(Math.max(...batchSizes)).toBeLessThanOrEqual(1_000);
  });

  it('ends at once when the source is stopped in its midst', async () => {
    await server.close();
    server = await startServer({ tagCount: TAG_COUNT, changesPerSPerTag: 500 });
    const monitor = watch({ tags: [LAST] });
    await monitor.observed.nextSample((sample) => Number(sample.value) >= 1_500);
    await server.command({ kind: 'load-stop' });
    const backfillFromMs = Date.now() - 60_000;
    const { source, observed, log } = watch({ tags: LOAD, backfillFromMs });
    await observed.nextSample(() => observed.samples.length > TAG_COUNT);
    await source.stop();
    // A gap that was not read to its end is still one at the next start.
    expect(source.observedUntilMs).toBe(backfillFromMs);
    const told = observed.samples.length;
    expect(told).toBeLessThan(TAG_COUNT * 1_500);
    expect(log.lines.map((line) => line.text)).not.toContain('history is read');
    expect(log.lines.map((line) => line.text)).not.toContain('history is not read');
    await watch({ tags: [LAST] }).observed.nextSample(() => true);
    expect(observed.samples.length).toBe(told);
  });
});
