import { afterEach, describe, expect, it } from 'vitest';
import { startEmbeddedBroker } from '../demo/embedded-broker.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { findFreePort } from '../testing/free-port.ts';
import { startMosquitto } from '../testing/mosquitto.ts';
import { createTestAuthority } from '../testing/test-certificates.ts';
import type { BrokerAddress } from './broker-link.ts';
import { probeBroker } from './probe-broker.ts';

const opened: { close(): Promise<void> }[] = [];
const keep = <T extends { close(): Promise<void> }>(broker: T): T => {
  opened.push(broker);
  return broker;
};
const probe = (address: BrokerAddress): ReturnType<typeof probeBroker> =>
  probeBroker(address, 'lineside-check', { clock: systemClock, log: silentLog });

afterEach(async () => {
  await Promise.all(opened.splice(0).map((broker) => broker.close()));
});

describe('a check of a broker', () => {
  it('walks to a message that comes back, with and without TLS', async () => {
    const embedded = keep(await startEmbeddedBroker());
    const steps = await probe({ url: embedded.url });
    expect(steps.map(({ step, ok }) => [step, ok])).toEqual([
      ['dns', true],
      ['tcp', true],
      ['connack', true],
      ['round-trip', true],
    ]);
    const site = createTestAuthority();
    const broker = keep(await startMosquitto({ tls: { ca: site.ca, ...site.issueServer() } }));
    const secure = await probe({ url: broker.url, tls: { ca: site.ca, ...site.issueClient('check') } });
    expect(secure.map(({ step }) => step)).toEqual(['dns', 'tcp', 'tls', 'connack', 'round-trip']);
    expect(secure.every(({ ok }) => ok)).toBe(true);
    site.dispose();
  });

  it('stops at the step that fails and says what to do next', async () => {
    const unknown = await probe({ url: 'mqtt://broker.invalid:1883' });
    expect(unknown.at(-1)).toMatchObject({ step: 'dns', ok: false, code: 'mqtt/dns' });
    const steps = await probe({ url: `mqtt://127.0.0.1:${await findFreePort()}` });
    expect(steps.at(-1)).toMatchObject({ step: 'tcp', ok: false, code: 'mqtt/unreachable' });
    expect(steps.at(-1)?.nextStep).toContain('check that the broker runs');
    expect((await probe({ url: 'nonsense' })).at(-1)).toMatchObject({ step: 'address', code: 'mqtt/url' });
  });

  it('finds a topic that an access list refuses', async () => {
    const broker = keep(await startMosquitto({ acl: ['topic readwrite spBv1.0/#'] }));
    expect((await probe({ url: broker.url })).at(-1)).toMatchObject({
      step: 'round-trip',
      ok: false,
      code: 'mqtt/refused-topic',
    });
  });
});
