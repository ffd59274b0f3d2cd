import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccessLevelFlag, DataType, LogLevel, OPCUACertificateManager, OPCUAServer, setLogLevel } from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TagId } from '../../shared/domain/metric.ts';
import { systemClock } from '../platform/clock.ts';
import { type Log, silentLog } from '../platform/log.ts';
import { observeSource } from './observed-source.ts';
import { createOpcuaSource } from './opcua-source.ts';

const URI = 'urn:lineside:no-history';
const NAMES = ['One', 'Two', 'Three'];
let folder: string;
let server: OPCUAServer;

/** Its nodes promise history, but nothing keeps it. */
async function startServer(): Promise<OPCUAServer> {
  setLogLevel(LogLevel.Emergency);
  const certificates = new OPCUACertificateManager({ rootFolder: join(folder, 'server'), disableFileWatchers: true });
  await certificates.initialize();
  const started = new OPCUAServer({
    port: 0,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
  });
  await started.initialize();
  const { addressSpace } = started.engine;
  if (!addressSpace) throw new Error('no address space');
  const namespace = addressSpace.registerNamespace(URI);
  const accessLevel = AccessLevelFlag.CurrentRead | AccessLevelFlag.HistoryRead;
  for (const name of NAMES) {
    namespace.addVariable({
      organizedBy: addressSpace.rootFolder.objects,
      browseName: name,
      nodeId: `s=${name}`,
      dataType: DataType.Double,
      accessLevel,
      userAccessLevel: accessLevel,
      value: { dataType: DataType.Double, value: 1 },
    });
  }
  await started.start();
  return started;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-refused-'));
  server = await startServer();
});
afterAll(async () => {
  await server.shutdown(50);
  await rm(folder, { recursive: true, force: true });
});

describe('back-fill from a server that refuses', () => {
  it('warns once for all tags and goes on with the live values', async () => {
    const warnings: { text: string; facts: unknown }[] = [];
    let tellRead = (): void => {};
    const read = new Promise<void>((resolve) => {
      tellRead = resolve;
    });
    const log: Log = {
      ...silentLog,
      warn: (text, facts) => warnings.push({ text, facts }),
      info: (text) => (text === 'history is read' ? tellRead() : undefined),
    };
    const source = createOpcuaSource({
      serverId: 'line',
      endpointUrl: server.getEndpointUrl(),
      securityMode: 'None',
      securityPolicy: 'None',
      identity: { type: 'anonymous' },
      publishingIntervalMs: 100,
      slowSamplingIntervalMs: 2_000,
      tags: NAMES.map((name) => ({
        tagId: name as TagId,
        node: `nsu=${URI};s=${name}`,
        datatype: 'Double',
        samplingIntervalMs: 100,
        queueSize: 10,
        isExempt: false,
      })),
      trustFolder: join(folder, 'trust'),
      clock: systemClock,
      log,
      backfillFromMs: Date.now() - 60_000,
    });
    const observed = observeSource(source);
    source.start();
    try {
      await Promise.all([read, observed.nextSample((sample) => sample.tagId === 'Three')]);
      expect(warnings.filter(({ text }) => text.includes('history'))).toEqual([
        {
          text: 'server refuses the history of tags',
          facts: { count: 3, tagId: 'One', reason: 'BadHistoryOperationUnsupported' },
        },
      ]);
      expect(source.snapshot()).toMatchObject({ goodCount: 3, badCount: 0, state: { phase: 'connected' } });
    } finally {
      await source.stop();
    }
  });
});
