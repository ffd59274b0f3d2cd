import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrokerLink, type LinkClosed, type LinkMessage, openBrokerLink } from '../mqtt/broker-link.ts';
import { systemClock } from '../platform/clock.ts';
import { silentLog } from '../platform/log.ts';
import { type EmbeddedBroker, startEmbeddedBroker } from './embedded-broker.ts';

const stateTopic = 'spBv1.0/STATE/host';
const offline = '{"online":false,"timestamp":1}';

describe('the embedded broker', () => {
  let broker: EmbeddedBroker;
  beforeAll(async () => {
    broker = await startEmbeddedBroker();
  });
  afterAll(() => broker.close());

  const open = (clientId: string): Promise<BrokerLink> =>
    openBrokerLink(
      { url: broker.url },
      { clientId, keepAliveS: 10, will: { topic: stateTopic, payload: offline, qos: 1, retain: true } },
      { clock: systemClock, log: silentLog },
    );
  const closed = (link: BrokerLink): Promise<LinkClosed> => new Promise((resolve) => link.onClosed(resolve));
  const first = (link: BrokerLink): Promise<LinkMessage> => new Promise((resolve) => link.onMessage(resolve));

  it('is away and comes back on the same port, with the Will of a lost host as its retained state', async () => {
    // Longer than the 23 characters that MQTT 3.1 allowed.
    const host = await open('host-with-a-client-id-of-more-than-23-characters');
    await host.publish(stateTopic, '{"online":true,"timestamp":1}', { qos: 1, retain: true });
    const edge = await open('edge');
    expect(broker.clientCount()).toBe(2);

    const ended = Promise.all([closed(host), closed(edge)]);
    await broker.takeAway();
    await ended;
    expect(broker.clientCount()).toBe(0);
    await expect(open('edge')).rejects.toMatchObject({ code: 'mqtt/unreachable' });

    await broker.bringBack();
    const edgeAgain = await open('edge');
    await edgeAgain.subscribe([stateTopic]);
    const state = await first(edgeAgain);
    expect(state.isRetained).toBe(true);
    expect(new TextDecoder().decode(state.payload)).toBe(offline);
    await edgeAgain.close();
  });

  it('hands a client id over to the newer connection', async () => {
    const older = await open('twin');
    const ended = closed(older);
    const newer = await open('twin');
    await ended;
    await newer.barrier();
    expect(broker.clientCount()).toBe(1);
    await newer.close();
  });
});
