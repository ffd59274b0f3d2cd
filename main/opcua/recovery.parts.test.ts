import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataType, MessageSecurityMode, SecurityPolicy, StatusCodes } from 'node-opcua';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import { systemClock } from '../platform/clock.ts';
import { Lifetime } from '../platform/lifetime.ts';
import { startTcpProxy, type TcpProxy } from '../testing/tcp-proxy.ts';
import {
  type BareServer,
  type BareServerOptions,
  bareSourceOptions,
  rampTagId,
  rampTags,
  sessionsOf,
  startBareServer,
} from './bare-server-fixture.ts';
import { type ObservedSource, observeSource } from './observed-source.ts';
import { createOpcuaSource, type OpcuaSource } from './opcua-source.ts';
import type { OpcuaSourceOptions, OpcuaTag } from './opcua-source-options.ts';

const TAG_COUNT = 10;
let folder: string;
let lifetime = new Lifetime();

interface Plant {
  readonly bare: BareServer;
  readonly proxy: TcpProxy;
  readonly source: OpcuaSource;
  readonly observed: ObservedSource;
}

async function startServer(options: Partial<BareServerOptions> = {}): Promise<BareServer> {
  const bare = await startBareServer({ folder, rampCount: TAG_COUNT, ...options });
  lifetime.own('server', () => bare.close());
  return bare;
}

function watch(endpointUrl: string, tags: readonly OpcuaTag[], changes: Partial<OpcuaSourceOptions> = {}): OpcuaSource {
  const source = createOpcuaSource({ ...bareSourceOptions(endpointUrl, folder, tags), ...changes });
  lifetime.own('source', () => source.stop());
  return source;
}

/** A server behind a network that can break, and a source that watches it. */
async function startPlant(options: Partial<BareServerOptions> = {}, tags = rampTags(TAG_COUNT)): Promise<Plant> {
  const bare = await startServer(options);
  const proxy = await startTcpProxy(bare.port, systemClock);
  lifetime.own('proxy', () => proxy.close());
  const source = watch(`opc.tcp://127.0.0.1:${proxy.port}`, tags);
  const observed = observeSource(source);
  const told = observed.nextSample(({ tagId }) => tagId === tags.at(-1)?.tagId);
  source.start();
  await Promise.all([told, observed.state(isConnected)]);
  return { bare, proxy, source, observed };
}

const isConnected = (state: ConnectionState): boolean => state.phase === 'connected';

/** Cuts the connection, lets something happen at the server, and waits until the source is back. */
async function breakFor(
  { proxy, observed }: Plant,
  durationMs: number,
  meanwhile: () => unknown = () => {},
): Promise<void> {
  proxy.cut();
  await observed.state((state) => state.phase === 'away');
  await meanwhile();
  await new Promise((resolve) => systemClock.after(durationMs, () => resolve(undefined)));
  const back = observed.nextState(isConnected);
  proxy.resume();
  await back;
}

const numbersOf = ({ samples }: ObservedSource, index: number): number[] =>
  samples.filter(({ tagId }) => tagId === rampTagId(index)).map(({ value }) => Number(value));

function findMissing(numbers: readonly number[], last: number): number[] {
  const seen = new Set(numbers);
  const first = Math.min(...numbers);
  return Array.from({ length: last - first + 1 }, (_unused, index) => first + index).filter((n) => !seen.has(n));
}

const stagesOf = ({ states }: ObservedSource): string[] =>
  states.flatMap((state) => (state.phase === 'recovering' ? [state.stage] : []));

function setRamp({ ramps }: BareServer, index: number, value: number): void {
  ramps[index]?.setValueFromSource({ dataType: DataType.UInt32, value }, StatusCodes.Good, new Date());
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-recovery-'));
});
afterEach(async () => {
  await lifetime.end();
  lifetime = new Lifetime();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('recovery of a source', () => {
  it('loses nothing when the connection breaks and the session lives on', async () => {
    const plant = await startPlant({ changeEveryMs: 20 });
    const { bare, source, observed } = plant;
    await observed.nextSample(({ value }) => Number(value) > 10);
    await breakFor(plant, 500);
    const last = bare.stopRamps();
    while (!rampTags(TAG_COUNT).every((_tag, index) => numbersOf(observed, index).includes(last))) {
      await observed.nextSample(() => true);
    }
    for (let index = 0; index < TAG_COUNT; index++) {
      expect(findMissing(numbersOf(observed, index), last)).toEqual([]);
    }
    expect(stagesOf(observed)).toEqual(['republish', 'republish', 'read']);
    expect(source.snapshot()).toMatchObject({
      goodCount: TAG_COUNT,
      recovery: { gapCount: 0, newSubscriptionCount: 0, newSessionCount: 0 },
    });
    expect(sessionsOf(bare).length).toBe(1);
  });

  it('asks again for messages that were sent into a dead connection', async () => {
    const { bare, proxy, source, observed } = await startPlant();
    const [session] = sessionsOf(bare);
    proxy.swallow();
    const sent = session!.publishEngine.subscriptions[0]!;
    for (const value of [7, 8, 9]) {
      const before = sent.sentNotificationMessageCount;
      setRamp(bare, 0, value);
      while (sent.sentNotificationMessageCount === before) await nextTurn();
    }
    proxy.resume();
    await observed.nextSample(({ value }) => value === 9);
    expect(numbersOf(observed, 0).slice(-3)).toEqual([7, 8, 9]);
    expect(source.snapshot().recovery).toMatchObject({ republishedCount: 3, gapCount: 0 });
  });

  it('counts a gap when the server cannot give messages again, and reads the values', async () => {
    const { bare, proxy, source, observed } = await startPlant();
    proxy.swallow();
    const sent = sessionsOf(bare)[0]!.publishEngine.subscriptions[0]!;
    const before = sent.sentNotificationMessageCount;
    setRamp(bare, 3, 42);
    while (sent.sentNotificationMessageCount === before) await nextTurn();
    sent._flushSentNotifications();
    const read = observed.nextSample(({ tagId, value }) => tagId === rampTagId(3) && value === 42);
    proxy.resume();
    await read;
    while (source.snapshot().recovery.gapCount === 0) await nextTurn();
    expect(source.snapshot().recovery).toEqual({
      republishedCount: 0,
      gapCount: 1,
      newSubscriptionCount: 0,
      newSessionCount: 0,
    });
  });

  it('subscribes anew in the same session when the server ended the subscription', async () => {
    const { bare, source, observed } = await startPlant();
    const [session] = sessionsOf(bare);
    const back = observed.nextState(isConnected);
    session!.deleteSubscription(session!.publishEngine.subscriptions[0]!.id);
    await back;
    setRamp(bare, 0, 5);
    await observed.nextSample(({ value }) => value === 5);
    expect(stagesOf(observed)).toEqual(['new-subscription']);
    expect(source.snapshot().recovery).toMatchObject({ gapCount: 1, newSubscriptionCount: 1, newSessionCount: 0 });
    expect(sessionsOf(bare)).toEqual([session]);
  });

  it('subscribes anew in the same session when the subscription timed out during the break', async () => {
    const plant = await startPlant({ changeEveryMs: 20 });
    const { bare, source, observed } = plant;
    const { publishEngine } = sessionsOf(bare)[0]!;
    const [subscription] = publishEngine.subscriptions;
    await breakFor(plant, 0, () => {
      subscription!.lifeTimeCount = 3;
      return once(subscription!, 'expired');
    });
    await observed.nextSample(() => true);
    expect(stagesOf(observed)).toContain('new-subscription');
    expect(source.snapshot().recovery).toMatchObject({ gapCount: 1, newSubscriptionCount: 1, newSessionCount: 0 });
    expect(source.snapshot()).toMatchObject({ goodCount: TAG_COUNT, badCount: 0 });
  });

  it('opens a new session when the server lost it, and subscribes anew where none is transferred', async () => {
    const plant = await startPlant();
    const { bare, source, observed } = plant;
    await breakFor(plant, 100, () => closeSessions(bare));
    setRamp(bare, 0, 7);
    await observed.nextSample(({ value }) => value === 7);
    expect(stagesOf(observed)).toContain('new-session');
    expect(source.snapshot().recovery).toMatchObject({ gapCount: 1, newSubscriptionCount: 1, newSessionCount: 1 });
    expect(sessionsOf(bare).length).toBe(1);
  });

  it('loses nothing when the session ended, but the server transfers its subscriptions to the new one', async () => {
    const settings = { allowAnonymousSubscriptionTransferOnUnsecuredChannel: true };
    const plant = await startPlant({ changeEveryMs: 20, settings });
    const { bare, source, observed } = plant;
    await observed.nextSample(({ value }) => Number(value) > 10);
    await breakFor(plant, 300, () => closeSessions(bare));
    const last = bare.stopRamps();
    while (!numbersOf(observed, 0).includes(last)) await observed.nextSample(() => true);
    expect(findMissing(numbersOf(observed, 0), last)).toEqual([]);
    expect(source.snapshot().recovery).toMatchObject({ gapCount: 0, newSubscriptionCount: 0, newSessionCount: 1 });
  });

  it('finds its nodes again when the server restarts with another namespace index', async () => {
    const before = await startServer();
    const source = watch(before.endpointUrl, rampTags(TAG_COUNT));
    const observed = observeSource(source);
    source.start();
    await observed.state(isConnected);
    await before.close();
    await observed.state((state) => state.phase === 'away');
    const back = observed.nextState(isConnected);
    const after = await startServer({ port: before.port, otherNamespaces: ['urn:new:one', 'urn:new:two'] });
    await back;
    expect(after.ramps[0]!.nodeId.namespace).toBe(before.ramps[0]!.nodeId.namespace + 2);
    setRamp(after, 0, 8);
    await observed.nextSample(({ value }) => value === 8);
    expect(source.snapshot()).toMatchObject({ goodCount: TAG_COUNT, recovery: { newSessionCount: 1 } });
  });

  it('resumes a session over an encrypted channel, but only while the certificate is trusted', async () => {
    const { bare, proxy, source, observed } = await startSecurePlant();
    proxy.cut();
    await observed.state((state) => state.phase === 'away');
    const back = observed.nextState(isConnected);
    proxy.resume();
    await back;
    expect(source.snapshot().recovery).toMatchObject({ gapCount: 0, newSessionCount: 0 });
    proxy.cut();
    await observed.state((state) => state.phase === 'away');
    await rm(join(folder, 'trust', 'trusted', 'certs'), { recursive: true });
    const refused = observed.nextState((state) => state.phase === 'away' && state.code === 'opcua/cert-untrusted');
    proxy.resume();
    await refused;
    expect(sessionsOf(bare).length).toBe(1);
    expect(source.snapshot().goodCount).toBe(0);
  });

  it('goes on with the session when a half-open connection was noticed by its silence', async () => {
    const { bare, proxy, source, observed } = await startPlant();
    proxy.swallow();
    setRamp(bare, 1, 11);
    await observed.state((state) => state.phase === 'stale');
    expect(source.snapshot().goodCount).toBe(0);
    const back = observed.nextState(isConnected);
    proxy.resume();
    await back;
    expect(numbersOf(observed, 1)).toContain(11);
    expect(source.snapshot()).toMatchObject({ goodCount: TAG_COUNT, recovery: { gapCount: 0, newSessionCount: 0 } });
  });
});

/** With an encrypted channel, to a server whose certificate a person has trusted. */
async function startSecurePlant(): Promise<Plant> {
  const settings = {
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
  };
  const bare = await startServer({ settings });
  const proxy = await startTcpProxy(bare.port, systemClock);
  lifetime.own('proxy', () => proxy.close());
  await mkdir(join(folder, 'trust', 'trusted', 'certs'), { recursive: true });
  const der = bare.server.getCertificate();
  await writeFile(join(folder, 'trust', 'trusted', 'certs', 'bare.pem'), new X509Certificate(der).toString());
  const secure = { securityMode: 'SignAndEncrypt', securityPolicy: 'Basic256Sha256' } as const;
  const source = watch(`opc.tcp://127.0.0.1:${proxy.port}`, rampTags(TAG_COUNT), secure);
  const observed = observeSource(source);
  source.start();
  await observed.state(isConnected);
  return { bare, proxy, source, observed };
}

/** As after the session timeout: the subscriptions live on until theirs. */
function closeSessions(bare: BareServer): void {
  for (const session of sessionsOf(bare))
    bare.server.engine.closeSession(session.authenticationToken, false, 'Timeout');
}

const nextTurn = (): Promise<void> => new Promise((resolve) => systemClock.after(5, () => resolve()));
