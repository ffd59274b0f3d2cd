import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApplicationDescription,
  ApplicationType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  RegisterServerMethod,
  SecurityPolicy,
} from 'node-opcua';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Discovery } from '../../shared/domain/discovered-server.ts';
import { type LineServer, startLineServer } from '../demo/line-server.ts';
import { systemClock } from '../platform/clock.ts';
import { findFreePort } from '../testing/free-port.ts';
import { discoverServers } from './discover-servers.ts';

let folder: string;
let line: LineServer;

const discover = (url: string, signal?: AbortSignal): Promise<Discovery> =>
  discoverServers({
    url,
    trustFolder: join(folder, 'trust'),
    clock: systemClock,
    signal,
    lookupHost: async () => false,
  });

/** Tells of other servers as a discovery server does. */
class DirectoryServer extends OPCUAServer {
  listed: ApplicationDescription[] = [];
  override getServers(): ApplicationDescription[] {
    return this.listed;
  }
}

async function startDirectory(listed: ApplicationDescription[]): Promise<DirectoryServer> {
  const certificates = new OPCUACertificateManager({
    rootFolder: join(folder, 'directory'),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  const server = new DirectoryServer({
    port: 0,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverInfo: { applicationUri: 'urn:lineside:directory' },
    serverCertificateManager: certificates,
    userCertificateManager: certificates,
    registerServerMethod: RegisterServerMethod.HIDDEN,
    securityPolicies: [SecurityPolicy.None],
    securityModes: [MessageSecurityMode.None],
  });
  server.listed = listed;
  await server.start();
  return server;
}

const application = (applicationUri: string, ...discoveryUrls: string[]): ApplicationDescription =>
  new ApplicationDescription({ applicationUri, applicationType: ApplicationType.Server, discoveryUrls });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-discover-'));
  line = await startLineServer({ seed: 1, certificateFolder: join(folder, 'line') }, { clock: systemClock });
});
afterAll(async () => {
  await line.close();
  await rm(folder, { recursive: true, force: true });
});

describe('discovery', () => {
  it('tells who a server is and each of its endpoints, and recommends the one that is safe', async () => {
    const discovery = await discover(line.endpointUrl);
    expect(discovery).toMatchObject({ isAuthenticated: false, leftOutCount: 0 });
    expect(discovery.servers).toHaveLength(1);
    const [server] = discovery.servers;
    expect(server).toMatchObject({
      applicationUri: 'urn:lineside:demo-line-server',
      applicationName: 'Lineside demo line',
      applicationType: 'Server',
      fault: null,
    });
    const shown = server?.endpoints.map((one) => [one.securityMode, one.securityPolicy, one.isRecommended]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ['None', 'None', false],
        ['SignAndEncrypt', 'Basic256Sha256', true],
      ]),
    );
    const best = server?.endpoints.find(({ isRecommended }) => isRecommended);
    expect(best).toMatchObject({ usableUrl: line.endpointUrl, urlHint: null, isSupported: true });
    expect(best?.userTokenTypes).toContain('anonymous');
    expect(best?.certificate).toMatchObject({
      sha1: expect.stringMatching(/^[0-9a-f]{40}$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      isInDate: true,
    });
  });

  it('asks the servers a discovery server names, by its own host where theirs is unknown here', async () => {
    const port = new URL(line.endpointUrl.replace('opc.tcp:', 'http:')).port;
    const gone = `opc.tcp://127.0.0.1:${await findFreePort()}`;
    const directory = await startDirectory([
      application('urn:lineside:demo-line-server', `opc.tcp://plc-17:${port}`),
      application('urn:gone', gone),
      application('urn:web', 'https://127.0.0.1:443'),
    ]);
    try {
      const { servers } = await discover(directory.getEndpointUrl());
      const byUri = new Map(servers.map((server) => [server.applicationUri, server]));
      expect([...byUri.keys()]).toEqual([
        'urn:lineside:demo-line-server',
        'urn:gone',
        'urn:web',
        'urn:lineside:directory',
      ]);
      const found = byUri.get('urn:lineside:demo-line-server');
      expect(found?.endpoints.filter(({ isRecommended }) => isRecommended)).toHaveLength(1);
      expect(byUri.get('urn:gone')).toMatchObject({ endpoints: [], fault: { code: 'opcua/unreachable' } });
      expect(byUri.get('urn:web')).toMatchObject({ endpoints: [], fault: { code: 'opcua/no-discovery-url' } });
      expect(byUri.get('urn:lineside:directory')?.endpoints.some(({ isRecommended }) => isRecommended)).toBe(false);
    } finally {
      await directory.shutdown(10);
    }
  });

  it('shows no more servers than a plant has, and counts the rest', async () => {
    const directory = await startDirectory(
      Array.from({ length: 150 }, (_unused, index) => application(`urn:many:${index}`)),
    );
    try {
      const { servers, leftOutCount } = await discover(directory.getEndpointUrl());
      expect([servers.length, leftOutCount]).toEqual([100, 51]);
    } finally {
      await directory.shutdown(10);
    }
  });

  it('says that nothing answers, or that it is no URL', async () => {
    const url = `opc.tcp://127.0.0.1:${await findFreePort()}`;
    await expect(discover(url)).rejects.toMatchObject({ code: 'opcua/unreachable' });
    await expect(discover('127.0.0.1:4840')).rejects.toMatchObject({ code: 'opcua/url-invalid' });
  });

  it('ends at once when it is aborted while a server keeps silent', async () => {
    const silent: Server = createServer((socket) => {
      socket.on('error', () => {});
      stopping.abort(reason);
    });
    const stopping = new AbortController();
    const reason = new Error('enough');
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await expect(discover(`opc.tcp://127.0.0.1:${port}`, stopping.signal)).rejects.toBe(reason);
    silent.close();
  });
});
