import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ProbeStep } from '../shared/domain/probe.ts';
import { issueCertificate } from './certificates/issue-certificate.ts';
import { generateKey, toKeyPem } from './certificates/private-key.ts';
import type { Purpose } from './certificates/purposes.ts';
import { initAuthority, openAuthority, type OpenedAuthority } from './certificates/site-authority.ts';
import { examineBroker } from './compose-doctor.ts';
import type { BrokerAddress } from './mqtt/broker-address.ts';
import { systemClock } from './platform/clock.ts';
import { findFreePort } from './testing/free-port.ts';
import { type Mosquitto, type MosquittoOptions, startMosquitto } from './testing/mosquitto.ts';

const DAY_MS = 86_400_000;
const CLIENT_ID = 'plant/line';
const folder = mkdtempSync(join(tmpdir(), 'lineside-doctor-'));
const brokers: Mosquitto[] = [];
let site: OpenedAuthority;
let stranger: OpenedAuthority;

async function authority(name: string): Promise<OpenedAuthority> {
  const place = join(folder, `${name}-${brokers.length}-${Math.random()}`);
  await initAuthority({ folder: place, name, keyKind: 'ec-p256', years: 10 }, Date.now() - 800 * DAY_MS);
  return openAuthority(place, undefined);
}
const pem = ({ certificate }: OpenedAuthority): string => certificate.toString();

interface Wanted {
  readonly by?: OpenedAuthority;
  readonly name?: string;
  readonly purpose?: Purpose;
  readonly dns?: readonly string[];
  /** Days before today on which it was issued, for a year. */
  readonly daysAgo?: number;
}
async function certify(wanted: Wanted = {}): Promise<{ cert: string; key: string }> {
  const { by = site, name = CLIENT_ID, purpose = 'edge-node', dns = [], daysAgo = 0 } = wanted;
  const key = await generateKey('ec-p256');
  const publicKey = createPublicKey(key);
  const request = { commonName: name, names: { dns, ip: [], uri: [] }, publicKey, purpose, days: 365 };
  const facts = await issueCertificate(by, request, Date.now() - daysAgo * DAY_MS);
  return { cert: facts.pem, key: toKeyPem(key) };
}
const server = (wanted: Wanted = {}): Promise<{ cert: string; key: string }> =>
  certify({ name: 'broker', purpose: 'broker', dns: ['localhost'], ...wanted });

async function start(options: MosquittoOptions = {}, own?: { cert: string; key: string }): Promise<Mosquitto> {
  const broker = await startMosquitto({ tls: { ca: pem(site), ...(own ?? (await server())) }, ...options });
  brokers.push(broker);
  return broker;
}
const at = (broker: Mosquitto): string => `mqtts://localhost:${broker.port}`;

async function examine(
  url: string,
  tls?: BrokerAddress['tls'],
  more: Partial<BrokerAddress> & { clientId?: string; prefix?: string; limitMs?: number } = {},
): Promise<readonly ProbeStep[]> {
  const { clientId, prefix, limitMs, ...login } = more;
  const patient = {
    address: { url, ...(tls ? { tls } : {}), ...login },
    gatewayClientId: CLIENT_ID,
    clientId,
    topicFilters: ['spBv1.0/plant/NCMD/line'],
    topicPrefix: prefix,
  };
  return examineBroker(patient, { clock: systemClock, ...(limitMs === undefined ? {} : { limitMs }) });
}
/** `step code` of everything that failed. */
const faults = (steps: readonly ProbeStep[]): string[] =>
  steps.filter(({ ok }) => !ok).map(({ step, code }) => `${step} ${code ?? ''}`);
const find = (steps: readonly ProbeStep[], name: string): ProbeStep | undefined =>
  steps.find(({ step }) => step === name);

beforeAll(async () => {
  site = await authority('Site CA');
  stranger = await authority('Other CA');
});
afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.close())));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the doctor at a broker that demands certificates', () => {
  it('finds nothing wrong where nothing is, and draws what it saw', async () => {
    const broker = await start();
    const steps = await examine(at(broker), { ca: pem(site), ...(await certify()) });
    expect(faults(steps)).toEqual([]);
    expect(steps.some(({ isOdd, isSkipped }) => isOdd || isSkipped)).toBe(false);
    expect(find(steps, 'tls')?.text).toMatch(/TLSv1\.3.*demands a client certificate/);
    expect(find(steps, 'ca')?.facts?.[0]).toMatch(/^CN=Site CA/);
    expect(find(steps, 'ca')?.facts?.[1]).toMatch(/^ {3}CN=broker/);
    expect(find(steps, 'round-trip')?.ok).toBe(true);
  });

  it('reads the chain of a server that ends the handshake of TLS 1.2 for want of a client certificate', async () => {
    const { cert, key } = await server({ by: stranger });
    const old = createServer({ cert, key, ca: pem(site), requestCert: true, maxVersion: 'TLSv1.2' });
    old.on('tlsClientError', () => {});
    await once(old.listen(0, '127.0.0.1'), 'listening');
    const { port } = old.address() as AddressInfo;
    const steps = await examine(`mqtts://localhost:${port}`, { ca: pem(site) });
    old.close();
    expect(find(steps, 'tls')?.text).toMatch(/TLSv1\.2.*demands a client certificate/);
    expect(faults(steps)).toEqual(['ca certificates/unknown-ca']);
  });

  it('names the missing authority and its fingerprint, and sends nothing of ours', async () => {
    const broker = await start({}, await server({ by: stranger }));
    const steps = await examine(at(broker), { ca: pem(site), ...(await certify()) });
    expect(faults(steps)).toEqual(['ca certificates/unknown-ca']);
    expect(find(steps, 'ca')?.text).toContain('issued by CN=Other CA');
    expect(find(steps, 'ca')?.text).toContain('it holds CN=Site CA');
    expect(find(steps, 'connack')?.isSkipped).toBe(true);
  });

  it('tells an authority that was made anew under the same name', async () => {
    const again = await authority('Site CA');
    const broker = await start({}, await server({ by: again }));
    const steps = await examine(at(broker), { ca: pem(site), ...(await certify()) });
    expect(find(steps, 'ca')?.text).toMatch(/named CN=Site CA signed it, but with another key/);
  });

  it('names two faults at once: another host name, and expired', async () => {
    const broker = await start({}, await server({ dns: ['broker.plant'], daysAgo: 400 }));
    const steps = await examine(at(broker), { ca: pem(site), ...(await certify()) });
    expect(faults(steps)).toEqual(['host-name certificates/host-name', 'validity certificates/expired']);
    expect(find(steps, 'host-name')?.text).toContain('DNS:broker.plant');
    expect(find(steps, 'validity')?.facts?.join()).toMatch(/our clock/);
  });

  it('tells a certificate that no server may use', async () => {
    const broker = await start({}, await certify({ dns: ['localhost'] }));
    const steps = await examine(at(broker), { ca: pem(site), ...(await certify()) });
    expect(faults(steps)).toEqual(['usage certificates/wrong-usage']);
  });

  it('tells that our own certificate is missing, of another authority, expired, for a server, or not of our key', async () => {
    const broker = await start();
    const ours = async (own: { cert?: string; key?: string }): Promise<string[]> =>
      faults(await examine(at(broker), { ca: pem(site), ...own }));
    expect(await ours({})).toEqual(['client-certificate mqtt/client-cert-refused']);
    expect(await ours(await certify({ by: stranger }))).toEqual(['client-certificate mqtt/client-cert-refused']);
    expect(await ours(await certify({ daysAgo: 400 }))).toEqual(['our-files certificates/expired']);
    expect(await ours(await server())).toEqual(['our-files certificates/wrong-usage']);
    const { cert } = await certify();
    expect(await ours({ cert, key: (await certify()).key })).toEqual(['our-files certificates/key-mismatch']);
    expect(await ours({ cert: 'no pem', key: 'no pem' })).toEqual(['our-files certificates/no-certificate']);
  });

  it('looks at a common name that is not the client id, and explains the refusal with it', async () => {
    const tls = { ca: pem(site), ...(await certify({ name: 'plant/other' })) };
    const lenient = await examine(at(await start()), tls);
    expect(faults(lenient)).toEqual([]);
    expect(find(lenient, 'client-id')).toMatchObject({ isOdd: true, code: 'certificates/cn-not-client-id' });
    const strict = await examine(at(await start({ config: ['clientid_prefixes plant/'] })), tls);
    expect(faults(strict)).toEqual(['connack mqtt/refused-not-authorized']);
    expect(find(strict, 'connack')?.nextStep).toContain('--client-id "plant/other"');
  });

  it('says in words what CONNACK means, and which topics come back', async () => {
    const login = { userName: 'line', password: 'good' };
    const tls = { ca: pem(site), ...(await certify()) };
    const locked = await start({ login, acl: ['user line', 'topic readwrite spBv1.0/#'] });
    const wrong = await examine(at(locked), tls, { userName: 'line', password: 'bad' });
    expect(faults(wrong)).toEqual(['connack mqtt/refused-not-authorized']);
    const denied = await examine(at(locked), tls, login);
    expect(faults(denied)).toEqual([]);
    expect(find(denied, 'round-trip')).toMatchObject({ isOdd: true, code: 'mqtt/refused-topic' });
    const chosen = await examine(at(locked), tls, { ...login, prefix: 'plant/test' });
    expect(faults(chosen)).toEqual(['round-trip mqtt/refused-topic']);
  }, 20_000);
});

describe('the doctor on the road to a broker', () => {
  it('tells a name that is none and a port that is closed', async () => {
    const tls = { ca: pem(site) };
    expect(faults(await examine('mqtts://broker.invalid', tls))).toEqual(['dns certificates/dns']);
    const port = await findFreePort();
    expect(faults(await examine(`mqtts://localhost:${port}`, tls))).toEqual(['tcp certificates/unreachable']);
  });

  it('tells TLS on a plain port, and none on a port of TLS', async () => {
    const plain = await startMosquitto();
    brokers.push(plain);
    expect(faults(await examine(at(plain), { ca: pem(site) }))).toEqual(['tls certificates/tls-not-spoken']);
    const secure = await start();
    const steps = await examine(`mqtt://localhost:${secure.port}`);
    expect(faults(steps)).toEqual(['connack mqtt/closed-before-connack', 'tls certificates/tls-expected']);
  });

  it('does not wait for ever for a broker that hangs', async () => {
    const broker = await start();
    broker.freeze();
    const steps = await examine(at(broker), { ca: pem(site) }, { limitMs: 400 });
    expect(faults(steps)).toEqual(['tls certificates/tls-timeout']);
    expect(find(steps, 'tls')?.text).toMatch(/takes the connection, but does not answer/);
  });
});
