import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { type LineServer, startLineServer } from '../demo/line-server.ts';
import { DEMO_COMMAND_NODE, machineTags } from '../demo/packaging-line-tags.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { findFreePort } from '../testing/free-port.ts';
import { observeSource } from './observed-source.ts';
import { createOpcuaSource, type OpcuaSource } from './opcua-source.ts';
import type { OpcuaSourceOptions, OpcuaTag } from './opcua-source-options.ts';
import { probeOpcuaServer } from './probe-opcua-server.ts';

const TAG: OpcuaTag = {
  tagId: 'Filler.Status/State' as TagId,
  node: machineTags('Filler')[0]!.node,
  datatype: 'String',
  samplingIntervalMs: 0,
  queueSize: 10,
  isExempt: true,
};

let folder: string;
let secureServer: LineServer;
let openServer: LineServer;
let trustFolder: string;
const sources: OpcuaSource[] = [];

const optionsFor = (server: LineServer, changed: Partial<OpcuaSourceOptions> = {}): OpcuaSourceOptions => ({
  serverId: 'line',
  endpointUrl: server.endpointUrl,
  securityMode: 'SignAndEncrypt',
  securityPolicy: 'Basic256Sha256',
  identity: { type: 'anonymous' },
  publishingIntervalMs: 100,
  slowSamplingIntervalMs: 2_000,
  tags: [TAG],
  trustFolder,
  clock: systemClock,
  log: silentLog,
  ...changed,
});

function startSource(options: OpcuaSourceOptions): OpcuaSource {
  const source = createOpcuaSource(options);
  sources.push(source);
  source.start();
  return source;
}

/** What the operator does after comparing the fingerprint. */
async function trustRejected(): Promise<void> {
  const rejected = await readdir(join(trustFolder, 'rejected'));
  expect(rejected.length).toBe(1);
  const [file = ''] = rejected;
  await rename(join(trustFolder, 'rejected', file), join(trustFolder, 'trusted', 'certs', file));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-trust-'));
  const users = [{ userName: 'lineside', password: 'correct horse' }];
  secureServer = await startLineServer(
    { seed: 1, certificateFolder: join(folder, 'secure'), users },
    { clock: systemClock },
  );
  openServer = await startLineServer(
    { seed: 1, certificateFolder: join(folder, 'open'), isSecure: false },
    { clock: systemClock },
  );
});
beforeEach(async () => {
  trustFolder = await mkdtemp(join(folder, 'trust-'));
});
afterEach(() => Promise.all(sources.splice(0).map((source) => source.stop())));
afterAll(async () => {
  await secureServer.close();
  await openServer.close();
  await rm(folder, { recursive: true, force: true });
});

describe('OPC UA security', () => {
  it('refuses an unknown certificate with its fingerprints, and connects once it is trusted', async () => {
    const source = startSource(optionsFor(secureServer));
    const observed = observeSource(source);
    const away = await observed.state((state) => state.phase === 'away');
    expect(away).toMatchObject({ code: 'opcua/cert-untrusted' });
    const text = away.phase === 'away' ? away.text : '';
    expect(text).toMatch(/SHA-1 [0-9a-f]{40}, SHA-256 [0-9a-f]{64}, valid 20\d\d-/);
    expect(text).toContain(join(trustFolder, 'trusted', 'certs'));
    expect(observed.samples).toEqual([]);
    await trustRejected();
    const sample = await observed.nextSample(() => true);
    expect(sample.quality).toBe('good');
  });

  it('never chooses a weaker endpoint than the configured one', async () => {
    const away = await observeSource(startSource(optionsFor(openServer))).state((state) => state.phase === 'away');
    expect(away).toMatchObject({
      code: 'opcua/endpoint-not-offered',
      text: expect.stringContaining('it offers None with None'),
    });
  });

  it('sends no password over a channel that is not encrypted', async () => {
    const identity = { type: 'user-name', userName: 'lineside', password: 'correct horse' } as const;
    const options = optionsFor(secureServer, { securityMode: 'None', securityPolicy: 'None', identity });
    const away = await observeSource(startSource(options)).state((state) => state.phase === 'away');
    expect(away).toMatchObject({ code: 'opcua/password-unprotected' });
  });

  it('tells a refused login apart and waits longer before the next try', async () => {
    const identity = { type: 'user-name', userName: 'lineside', password: 'wrong' } as const;
    await probeOpcuaServer(optionsFor(secureServer));
    await trustRejected();
    const fromMs = Date.now();
    const away = await observeSource(startSource(optionsFor(secureServer, { identity }))).state(
      (state) => state.phase === 'away',
    );
    expect(away).toMatchObject({ code: 'opcua/login-refused', text: expect.not.stringContaining('wrong') });
    expect(away.phase === 'away' && away.retryAtMs - fromMs).toBeGreaterThan(2_000);
  });

  it('logs in with user name and password over an encrypted channel', async () => {
    const identity = { type: 'user-name', userName: 'lineside', password: 'correct horse' } as const;
    await probeOpcuaServer(optionsFor(secureServer));
    await trustRejected();
    const observed = observeSource(startSource(optionsFor(secureServer, { identity })));
    expect((await observed.nextSample(() => true)).tagId).toBe(TAG.tagId);
  });
});

describe('probe of an OPC UA server', () => {
  const stepsOf = (steps: Awaited<ReturnType<typeof probeOpcuaServer>>): unknown[] =>
    steps.map((step) => [step.step, step.ok, step.code]);

  it('ends at the network when nothing listens', async () => {
    const endpointUrl = `opc.tcp://127.0.0.1:${await findFreePort()}`;
    const steps = await probeOpcuaServer(optionsFor(openServer, { endpointUrl }));
    expect(stepsOf(steps)).toEqual([['tcp', false, 'opcua/unreachable']]);
    expect(steps[0]?.nextStep).toContain('firewall');
  });

  it('ends at the endpoint, at the trust and at the login, each with what to do next', async () => {
    const atEndpoint = await probeOpcuaServer(optionsFor(openServer));
    expect(stepsOf(atEndpoint).at(-1)).toEqual(['endpoints', false, 'opcua/endpoint-not-offered']);
    const atTrust = await probeOpcuaServer(optionsFor(secureServer));
    expect(stepsOf(atTrust).at(-1)).toEqual(['trust', false, 'opcua/cert-untrusted']);
    await trustRejected();
    const identity = { type: 'user-name', userName: 'nobody', password: 'x' } as const;
    const atLogin = await probeOpcuaServer(optionsFor(secureServer, { identity }));
    expect(stepsOf(atLogin).at(-1)).toEqual(['session', false, 'opcua/login-refused']);
    for (const steps of [atEndpoint, atTrust, atLogin]) expect(steps.at(-1)?.nextStep).toBeTruthy();
  });

  it('names every tag that cannot be read', async () => {
    await probeOpcuaServer(optionsFor(secureServer));
    await trustRejected();
    const missing = { ...TAG, tagId: 'Filler.Missing' as TagId, node: 'nsu=urn:lineside:demo-line;s=No' };
    const command = { ...TAG, tagId: 'Filler.Command' as TagId, node: DEMO_COMMAND_NODE };
    const steps = await probeOpcuaServer(optionsFor(secureServer, { tags: [TAG, missing, command] }));
    expect(stepsOf(steps)).toEqual([
      ['tcp', true, undefined],
      ['endpoints', true, undefined],
      ['trust', true, undefined],
      ['session', true, undefined],
      ['nodes', false, 'opcua/node-unknown'],
    ]);
    expect(steps.at(-1)?.text).toContain('Filler.Missing');
  });
});
