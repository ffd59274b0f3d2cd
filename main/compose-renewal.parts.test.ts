/** A certificate is renewed under a gateway that sends, at a real broker with client certificates and a revocation list. */
import { createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { MetricChange } from '../shared/domain/metric.ts';
import { installCertificate } from './certificates/install-certificate.ts';
import { issueCertificate, revokeCertificates } from './certificates/issue-certificate.ts';
import { generateKey, toKeyPem } from './certificates/private-key.ts';
import type { Purpose } from './certificates/purposes.ts';
import { renewCertificate } from './certificates/renew-certificate.ts';
import { authorityFiles, initAuthority, openAuthority, type OpenedAuthority } from './certificates/site-authority.ts';
import { SecretReader } from './config/read-secrets.ts';
import { openBrokerLink } from './mqtt/broker-link.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import { silentLog } from './platform/log.ts';
import { findFreePort } from './testing/free-port.ts';
import { openGatewayRig } from './testing/gateway-rig.ts';
import { startMosquitto } from './testing/mosquitto.ts';
import { PlainHost } from './testing/plain-host.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-renewal-'));
const LIMIT = { timeout: 20_000, interval: 20 };
const fastClock: Clock = { ...systemClock, after: (delayMs, action) => systemClock.after(delayMs / 10, action) };
const folder = join(root, 'ca');
const at = (name: string): string => join(root, name);
const target = { ca: at('node/ca.pem'), cert: at('node/line.pem'), key: at('node/line.key') };
const code = (error: unknown): unknown => (error as { code?: unknown }).code;

afterAll(() => rmSync(root, { recursive: true, force: true }));

const note = (index: number): MetricChange => ({
  deviceId: 'press',
  metricName: 'note',
  datatype: 'Int32',
  value: index,
  quality: 'good',
  statusCode: 0,
  timestampMs: 1_767_600_000_000 + index,
});

async function issue(authority: OpenedAuthority, commonName: string, purpose: Purpose, dns: readonly string[]) {
  const key = await generateKey('ec-p256');
  const request = { commonName, names: { dns, ip: [], uri: [] }, publicKey: createPublicKey(key), purpose, days: 365 };
  return { facts: await issueCertificate(authority, request, Date.now()), key };
}

describe('a certificate that is renewed while the gateway sends', () => {
  it('is used from the next connection on, loses no row, and the old one is refused once it is revoked', async () => {
    await initAuthority({ folder, name: 'Site CA', keyKind: 'ec-p256', years: 10 }, Date.now());
    const authority = await openAuthority(folder, undefined);
    const server = await issue(authority, 'broker', 'broker', ['localhost']);
    const first = await issue(authority, 'plant/line', 'edge-node', []);
    mkdirSync(at('node'));
    const authorityPem = authority.certificate.toString();
    await installCertificate(target, { certificatePem: first.facts.pem, key: first.key, authorityPem }, Date.now());
    writeFileSync(at('server.pem'), server.facts.pem);
    writeFileSync(at('server.key'), toKeyPem(server.key));
    const port = await findFreePort();
    const files = authorityFiles(folder);
    const tls = [`cafile ${files.certificate}`, `certfile ${at('server.pem')}`, `keyfile ${at('server.key')}`];
    const config = [`listener ${port} 127.0.0.1`, ...tls, 'require_certificate true', `crlfile ${files.crl}`];
    const broker = await startMosquitto({ config });
    const secrets = new SecretReader(at('site.yaml'));
    const readTls = async () => (await secrets.readTls(target, 'the broker')) ?? { ca: '' };
    const host = await PlainHost.connect(broker.url);
    const brokerUrl = `mqtts://localhost:${port}`;
    const rig = await openGatewayRig({
      brokerUrl,
      folder: at('buffer'),
      metrics: [note(-1)],
      historyRowsPerS: 100_000,
      edgeClock: fastClock,
      readTls,
    });
    const told = (): number => new Set(host.told('note')).size;
    try {
      rig.edge.start();
      for (let index = 0; index < 200; index += 1) rig.commit.add([note(index)]);
      await vi.waitFor(() => expect(told()).toBe(200), LIMIT);

      const oldFiles = { cert: readFileSync(target.cert, 'utf8'), key: readFileSync(target.key, 'utf8') };
      const renewed = await renewCertificate(authority, target, { days: 365, keepsKey: false }, Date.now());
      expect(renewed.replaced.serial).toBe(first.facts.serial);
      expect(readFileSync(`${target.cert}.previous`, 'utf8')).toBe(oldFiles.cert);
      expect(readFileSync(`${target.key}.previous`, 'utf8')).toBe(oldFiles.key);
      expect(statSync(target.key).mode & 0o777).toBe(0o600);
      for (let index = 200; index < 300; index += 1) rig.commit.add([note(index)]);
      rig.edge.dropLink(new Error('to connect anew'));
      for (let index = 300; index < 400; index += 1) rig.commit.add([note(index)]);
      await vi.waitFor(() => expect(told()).toBe(400), LIMIT);

      await revokeCertificates(authority, { serial: first.facts.serial }, 'superseded', Date.now());
      await broker.stop();
      const downMs = Date.now();
      await broker.restart();
      const connect = (own: { cert: string; key: string }) =>
        openBrokerLink(
          { url: brokerUrl, tls: { ca: authorityPem, ...own } },
          { clientId: 'old', keepAliveS: 10 },
          { clock: systemClock, log: silentLog },
        );
      expect(code(await connect(oldFiles).catch((error: unknown) => error))).toBe('mqtt/client-cert-refused');
      // The gateway comes back: it has been using the new one.
      await vi.waitFor(() => {
        const { session, connection } = rig.edge.snapshot();
        expect({ session, phase: connection.phase }).toEqual({ session: 'born', phase: 'connected' });
        expect(connection.phase === 'connected' && connection.sinceMs).toBeGreaterThanOrEqual(downMs);
      }, LIMIT);
    } finally {
      await rig.close();
      await host.end();
      await broker.close();
    }
  }, 60_000);

  it('is not renewed by an authority that has not issued it, and nothing is changed', async () => {
    const before = readFileSync(target.cert, 'utf8');
    await initAuthority({ folder: at('other'), name: 'Other CA', keyKind: 'ec-p256', years: 1 }, Date.now());
    const other = await openAuthority(at('other'), undefined);
    const error = await renewCertificate(other, target, { days: 1, keepsKey: false }, Date.now()).catch(
      (e: unknown) => e,
    );
    expect(code(error)).toBe('certificates/not-ours');
    expect(readFileSync(target.cert, 'utf8')).toBe(before);
  });

  it('is not installed with a key that is not its own, and nothing is changed', async () => {
    const before = readFileSync(target.key, 'utf8');
    const authority = await openAuthority(folder, undefined);
    const { facts } = await issue(authority, 'plant/line', 'edge-node', []);
    const installation = { certificatePem: facts.pem, key: await generateKey('ec-p256') };
    const error = await installCertificate(target, installation, Date.now()).catch((cause: unknown) => cause);
    expect(code(error)).toBe('certificates/key-mismatch');
    expect(readFileSync(target.key, 'utf8')).toBe(before);
  });
});
