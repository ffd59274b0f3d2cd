/** Our OPC UA certificate is renewed on disk while values flow from a server over an encrypted channel. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { installCertificate, type InstallTarget } from './certificates/install-certificate.ts';
import { issueCertificate } from './certificates/issue-certificate.ts';
import { generateKey } from './certificates/private-key.ts';
import { renewCertificate } from './certificates/renew-certificate.ts';
import { authorityFiles, initAuthority, openAuthority, type OpenedAuthority } from './certificates/site-authority.ts';
import { ownApplicationUri, toOpcuaTarget } from './commands/site-links.ts';
import {
  type BareServer,
  bareSourceOptions,
  rampTagId,
  rampTags,
  sessionsOf,
  startBareServer,
} from './opcua/bare-server-fixture.ts';
import { observeSource } from './opcua/observed-source.ts';
import { createOpcuaSource } from './opcua/opcua-source.ts';
import { probeOpcuaServer } from './opcua/probe-opcua-server.ts';
import { listServerCertificates, trustServerCertificate } from './opcua/server-trust-list.ts';

const RAMPS = 5;
const LIMIT = { timeout: 30_000, interval: 50 };
let folder: string;
let server: BareServer;
let authority: OpenedAuthority;
let target: InstallTarget;

async function issue(uri = ownApplicationUri()) {
  const key = await generateKey('rsa-2048');
  const request = {
    commonName: 'Lineside',
    names: { dns: [], ip: [], uri: [uri] },
    publicKey: createPublicKey(key),
    purpose: 'opcua',
    days: 365,
  } as const;
  return { certificatePem: (await issueCertificate(authority, request, Date.now())).pem, key };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-opcua-renewal-'));
  target = toOpcuaTarget(folder);
  await initAuthority({ folder: join(folder, 'ca'), name: 'Site CA', keyKind: 'ec-p256', years: 10 }, Date.now());
  authority = await openAuthority(join(folder, 'ca'), undefined);
  // What the operator of the server does once: it trusts the authority of the site.
  const { certificate, crl } = authorityFiles(authority.folder);
  for (const [file, place] of [
    [certificate, 'trusted/certs'],
    [certificate, 'issuers/certs'],
    [crl, 'issuers/crl'],
    [crl, 'trusted/crl'],
  ] as const) {
    await mkdir(join(folder, 'bare-server', place), { recursive: true });
    await copyFile(file, join(folder, 'bare-server', place, basename(file)));
  }
  server = await startBareServer({ folder, rampCount: RAMPS, changeEveryMs: 20 });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('our OPC UA certificate, renewed on disk', () => {
  it('is used by a connection that is made anew, and no value between is lost', async () => {
    const trustFolder = join(folder, 'opcua-pki');
    const options = {
      ...bareSourceOptions(server.endpointUrl, folder, rampTags(RAMPS)),
      trustFolder,
      securityMode: 'SignAndEncrypt',
      securityPolicy: 'Basic256Sha256',
    } as const;
    await probeOpcuaServer(options);
    const [shown] = await listServerCertificates(trustFolder);
    await trustServerCertificate(trustFolder, shown?.sha256 ?? '');
    const shownBy = (): (string | undefined)[] =>
      sessionsOf(server).map(({ channel }) => {
        const der = channel?.clientCertificate;
        return der ? new X509Certificate(der).issuer : undefined;
      });
    const source = createOpcuaSource(options);
    const observed = observeSource(source);
    const values = (index: number): number[] =>
      observed.samples.filter(({ tagId }) => tagId === rampTagId(index)).map(({ value }) => Number(value));
    try {
      source.start();
      await vi.waitFor(() => expect(values(0).length).toBeGreaterThan(50), LIMIT);
      expect(shownBy()).not.toContain('CN=Site CA');

      // From the certificate that the gateway made itself to one of the site's authority, then renewed by it.
      await installCertificate(target, await issue(), Date.now());
      await vi.waitFor(() => expect(shownBy()).toContain('CN=Site CA'), LIMIT);
      await vi.waitFor(() => expect(existsSync(`${target.key}.previous`)).toBe(false), LIMIT);
      const renewed = await renewCertificate(authority, target, { days: 365, keepsKey: false }, Date.now());
      expect(readFileSync(target.cert, 'utf8')).toContain(renewed.facts.pem.trim().split('\n')[1]);
      const serials = (): (string | undefined)[] =>
        sessionsOf(server).map(({ channel }) => {
          const der = channel?.clientCertificate;
          return der ? new X509Certificate(der).serialNumber.toLowerCase() : undefined;
        });
      await vi.waitFor(() => expect(serials()).toContain(renewed.facts.serial), LIMIT);
      await vi.waitFor(() => expect(source.snapshot().state.phase).toBe('connected'), LIMIT);
      const last = server.stopRamps();
      for (let index = 0; index < RAMPS; index += 1) {
        await vi.waitFor(() => expect(values(index)).toContain(last), LIMIT);
        const seen = new Set(values(index));
        const first = Math.min(...seen);
        const missing = Array.from({ length: last - first }, (_unused, step) => first + step).filter(
          (n) => !seen.has(n),
        );
        expect(missing, `lost of ramp ${index}`).toEqual([]);
      }
    } finally {
      await source.stop();
    }
  }, 120_000);

  it('is not installed when it is made out to another application: its servers would refuse it', async () => {
    const before = readFileSync(target.cert, 'utf8');
    const error = await installCertificate(target, await issue('urn:elsewhere:lineside'), Date.now()).catch(
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ code: 'certificates/wrong-uri' });
    expect(readFileSync(target.cert, 'utf8')).toBe(before);
  });
});
