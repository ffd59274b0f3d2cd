import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { Lifetime } from '../platform/lifetime.ts';
import { type Mosquitto, startMosquitto } from '../testing/mosquitto.ts';
import { MqttFramer } from '../testing/mqtt-frames.ts';
import type { Recorder } from './recorder.ts';

/**
 * A real mosquitto with two witnesses: a proxy in front of it that writes down every control packet of the engine
 * under test, and a subscriber beside it that writes down what the broker gives to others. The subscriber is also the
 * hand of the scenario: it publishes STATE and commands.
 */
export class RecordedBroker {
  readonly place: number;
  /** For the engine under test. */
  readonly url: string;
  readonly #sockets: Set<Socket>;
  readonly #hand: MqttClient;
  readonly #lifetime: Lifetime;

  private constructor(place: number, url: string, sockets: Set<Socket>, hand: MqttClient, lifetime: Lifetime) {
    this.place = place;
    this.url = url;
    this.#sockets = sockets;
    this.#hand = hand;
    this.#lifetime = lifetime;
  }

  static async start(recorder: Recorder): Promise<RecordedBroker> {
    const place = recorder.addBroker();
    const lifetime = new Lifetime();
    try {
      const mosquitto = await startMosquitto();
      lifetime.own('mosquitto', () => mosquitto.close());
      const sockets = new Set<Socket>();
      const port = await listen(recorder, place, mosquitto, sockets, lifetime);
      const hand = await connectAsync(mosquitto.url, { clientId: 'witness', reconnectPeriod: 0 });
      lifetime.own('witness', () => hand.endAsync(true));
      hand.on('message', (topic, payload, { qos, retain }) =>
        recorder.heard(place, { topic, payload, qos, isRetained: retain }),
      );
      await hand.subscribeAsync('spBv1.0/#', { qos: 1 });
      return new RecordedBroker(place, `mqtt://127.0.0.1:${port}`, sockets, hand, lifetime);
    } catch (error) {
      await lifetime.end();
      throw error;
    }
  }

  /** Resolves when the broker has it. */
  async publish(
    topic: string,
    payload: string | Uint8Array,
    options: { readonly qos: 0 | 1; readonly retain?: boolean },
  ): Promise<void> {
    await this.#hand.publishAsync(topic, Buffer.from(payload), options);
  }

  /** A host says how it is: JSON, QoS 1, retained. */
  sayState(hostId: string, state: unknown): Promise<void> {
    const text = typeof state === 'string' ? state : JSON.stringify(state);
    return this.publish(`spBv1.0/STATE/${hostId}`, text, { qos: 1, retain: true });
  }

  /** Resets every connection of the engine, towards both sides: the broker publishes the Wills. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): Promise<void> {
    return this.#lifetime.end();
  }
}

async function listen(
  recorder: Recorder,
  place: number,
  mosquitto: Mosquitto,
  sockets: Set<Socket>,
  lifetime: Lifetime,
): Promise<number> {
  const server = createServer({ noDelay: true }, (client) => {
    const broker = connect({ port: mosquitto.port, host: '127.0.0.1', noDelay: true });
    const connection = recorder.connectionOpened(place);
    const carry = (from: Socket, to: Socket, side: 'client' | 'broker'): void => {
      const framer = new MqttFramer();
      sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        // Written down first: what is passed on may be answered at once.
        for (const frame of framer.push(chunk)) connection.took(side, frame);
        if (to.writable) to.write(chunk);
      });
      from.on('error', () => {});
      from.on('end', () => to.end());
      from.on('close', () => {
        sockets.delete(from);
        connection.closed();
        to.destroy();
      });
    };
    carry(client, broker, 'client');
    carry(broker, client, 'broker');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  lifetime.own('proxy', async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  return address.port;
}
