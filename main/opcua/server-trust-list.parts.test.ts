import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { type BigServer, startBigServer } from '../testing/big-address-space.ts';
import { browseAddressSpace } from './browse-address-space.ts';
import { openBrowseSession } from './browse-session.ts';
import { listServerCertificates, trustServerCertificate } from './server-trust-list.ts';

let folder: string;
let trustFolder: string;
let server: BigServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-trust-list-'));
  trustFolder = join(folder, 'gateway', 'opcua-pki');
  const certificateFolder = join(folder, 'server');
  server = await startBigServer({ variableCount: 1, wideCount: 1, certificateFolder, isSecure: true });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const open = () => {
  const endpoint = {
    serverId: 'big',
    endpointUrl: server.endpointUrl,
    securityMode: 'SignAndEncrypt',
    securityPolicy: 'Basic256Sha256',
    identity: { type: 'anonymous' },
    trustFolder,
  } as const;
  const around = { clock: systemClock, signal: new AbortController().signal };
  return { options: { ...endpoint, ...around }, endpoint, around };
};

describe('trusting a server by its thumbprint', () => {
  it('browses nothing before it, everything after it', async () => {
    expect(await listServerCertificates(trustFolder)).toEqual([]);
    const { options, endpoint, around } = open();
    await expect(openBrowseSession(options)).rejects.toMatchObject({
      code: 'opcua/cert-untrusted',
      message: expect.stringMatching(/lineside opcua trust --data .*gateway --thumbprint [0-9a-f]{40}/),
    });

    const [refused, ...others] = await listServerCertificates(trustFolder);
    expect([refused?.state, others]).toEqual(['rejected', []]);
    const spelled = refused?.sha1.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:') ?? '';
    expect(await trustServerCertificate(trustFolder, spelled)).toMatchObject({ state: 'trusted', sha1: refused?.sha1 });
    expect((await listServerCertificates(trustFolder)).map(({ state }) => state)).toEqual(['trusted']);

    const opened = await openBrowseSession(options);
    let nodeCount = 0;
    for await (const batch of browseAddressSpace({ ...around, endpoint, session: opened.session, maxDepth: 1 })) {
      nodeCount = batch.progress.nodeCount;
    }
    await opened.close();
    expect(nodeCount).toBeGreaterThan(2);
  });

  it('refuses a thumbprint that is not whole or not known, and says when there is nothing to do', async () => {
    const [trusted] = await listServerCertificates(trustFolder);
    for (const thumbprint of ['', trusted?.sha1.slice(0, 39) ?? '', 'a'.repeat(40)]) {
      await expect(trustServerCertificate(trustFolder, thumbprint)).rejects.toMatchObject({
        code: 'opcua/cert-not-rejected',
      });
    }
    await expect(trustServerCertificate(trustFolder, trusted?.sha256 ?? '')).rejects.toThrow('trusted already');
  });
});
