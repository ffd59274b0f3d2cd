import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { createTestAuthority, type TestAuthority, type TestCertificate } from '../testing/test-certificates.ts';
import { type BrokerAddress, openBrokerLink } from './broker-link.ts';

const parts = { clock: systemClock, log: silentLog };
const request = { clientId: 'edge-1', keepAliveS: 10 };

describe('a broker that demands client certificates', () => {
  let site: TestAuthority;
  let stranger: TestAuthority;
  let client: TestCertificate;
  const brokers: Mosquitto[] = [];

  const start = async (server: TestCertificate): Promise<Mosquitto> => {
    const broker = await startMosquitto({ tls: { ca: site.ca, ...server } });
    brokers.push(broker);
    return broker;
  };
  const code = async (address: BrokerAddress): Promise<string> => {
    try {
      const link = await openBrokerLink(address, request, parts);
      await link.barrier();
      await link.close();
      return 'admitted';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  beforeAll(async () => {
    site = createTestAuthority('Site authority');
    stranger = createTestAuthority('Another authority');
    client = site.issueClient('edge-1');
    await start(site.issueServer());
  });
  afterAll(async () => {
    await Promise.all(brokers.map((broker) => broker.close()));
    site.dispose();
    stranger.dispose();
  });
  const url = (): string => brokers[0]?.url ?? '';

  it('admits a client of its own authority, by address and by name', async () => {
    expect(await code({ url: url(), tls: { ca: site.ca, ...client } })).toBe('admitted');
    const byName = url().replace('127.0.0.1', 'localhost');
    expect(await code({ url: byName, tls: { ca: site.ca, ...client } })).toBe('admitted');
  });

  it('is not trusted when another authority issued its certificate', async () => {
    expect(await code({ url: url(), tls: { ca: stranger.ca, ...client } })).toBe('mqtt/tls-unknown-ca');
  });

  it('refuses a client without a certificate', async () => {
    expect(await code({ url: url(), tls: { ca: site.ca } })).toBe('mqtt/client-cert-refused');
  });

  it('refuses a client certificate of another authority', async () => {
    const foreign = stranger.issueClient('edge-1');
    expect(await code({ url: url(), tls: { ca: site.ca, ...foreign } })).toBe('mqtt/client-cert-refused');
  });

  it('is not trusted under a name that its certificate does not list', async () => {
    const broker = await start(site.issueServer(['DNS:another-broker.plant']));
    expect(await code({ url: broker.url, tls: { ca: site.ca, ...client } })).toBe('mqtt/tls-host-name');
  });

  it('is not trusted with a certificate that has expired or is not valid yet', async () => {
    const past = await start(site.issueServer(undefined, { from: '20200101000000Z', to: '20200201000000Z' }));
    expect(await code({ url: past.url, tls: { ca: site.ca, ...client } })).toBe('mqtt/tls-expired');
    const future = await start(site.issueServer(undefined, { from: '20450101000000Z', to: '20460101000000Z' }));
    expect(await code({ url: future.url, tls: { ca: site.ca, ...client } })).toBe('mqtt/tls-not-yet-valid');
  });

  it('is recognised when it is spoken to without TLS, and the other way round', async () => {
    expect(await code({ url: url().replace('mqtts:', 'mqtt:') })).toBe('mqtt/closed-before-connack');
    const plain = await startMosquitto();
    brokers.push(plain);
    const tlsUrl = plain.url.replace('mqtt:', 'mqtts:');
    expect(await code({ url: tlsUrl, tls: { ca: site.ca, ...client } })).toMatch(
      /tls-not-spoken|closed-before-connack/,
    );
  });

  it('is not asked with files that are no certificates, or a key that does not fit', async () => {
    expect(await code({ url: url(), tls: { ca: site.ca, cert: 'no pem', key: 'no pem' } })).toBe('mqtt/tls-files');
    const other = site.issueClient('edge-2');
    expect(await code({ url: url(), tls: { ca: site.ca, cert: client.cert, key: other.key } })).toBe('mqtt/tls-files');
  });
});
