import type { Socket } from 'node:net';
import type { IPublishPacket, MqttClient } from 'mqtt';
import type { Clock } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { Lifetime } from '../platform/lifetime.ts';
import type { Log } from '../platform/log.ts';
import type { BrokerLink, LinkClosed, LinkMessage } from './broker-link.ts';
import { LinkPulse } from './link-pulse.ts';
import { checkPublishTopic } from './publish-topic.ts';

const CLOSE_LIMIT_MS = 1_000;
/** A broker that answers pings but withholds PUBACK would otherwise hold us for ever. */
const ACK_LIMIT_MS = 10_000;

/** `BrokerLink` over one mqtt.js client that has been given its connected socket. */
export class MqttLink implements BrokerLink {
  readonly #client: MqttClient;
  readonly #socket: Socket;
  readonly #place: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pulse = new LinkPulse();
  readonly #timers = new Lifetime();
  readonly #messages = new EventSource<LinkMessage>();
  readonly #ended = new EventSource<LinkClosed>();
  /** Rejections of every call that has not ended. */
  readonly #open = new Set<(error: EngineError) => void>();
  #early: LinkMessage[] | undefined = [];
  #drained: Promise<void> | undefined;
  /** First thing seen that ends the link; the connection may still be closing. */
  #cause: LinkClosed | undefined;
  #closed: LinkClosed | undefined;

  /** Listens at once, so that nothing that follows CONNACK or SUBACK is missed. */
  constructor(client: MqttClient, socket: Socket, place: string, clock: Clock, log: Log) {
    this.#client = client;
    this.#socket = socket;
    this.#place = place;
    this.#clock = clock;
    this.#log = log;
    client.on('message', (topic, payload, packet) => this.#receive(topic, payload, packet));
    client.on('packetreceive', ({ cmd }) => this.#pulse.packetReceived(cmd === 'pingresp'));
    client.on('error', (error) => this.#lose({ code: 'mqtt/connection-lost', text: describeError(error) }));
    socket.once('close', () => this.#finish());
  }

  /** Starts the watch over the connection; to be called on CONNACK. */
  begin(keepAliveS: number): void {
    const periodMs = (keepAliveS * 1000) / LinkPulse.TICKS_PER_KEEP_ALIVE;
    this.#timers.own(
      'pulse',
      this.#clock.every(periodMs, () => this.#beat()),
    );
  }

  async publish(
    topic: string,
    payload: Uint8Array | string,
    { qos, retain }: { readonly qos: 0 | 1; readonly retain: boolean },
  ): Promise<void> {
    checkPublishTopic(topic);
    const bytes = typeof payload === 'string' ? payload : toBuffer(payload);
    if (qos === 1) return this.#publishAcknowledged(topic, bytes, retain);
    this.#requireOpen();
    this.#client.publish(topic, bytes, { qos, retain });
    return this.#socket.writableNeedDrain ? this.#drain() : undefined;
  }

  subscribe(filters: readonly string[]): Promise<readonly number[]> {
    return this.#answered((resolve, reject) => {
      this.#client.subscribe([...filters], { qos: 1 }, (error, _asked, suback) => {
        if (suback) resolve(suback.granted.map(Number));
        // When the connection has gone, the end of the link rejects whatever is open.
        else if (!this.#socket.destroyed) {
          reject(new EngineError('mqtt/subscribe', `cannot subscribe: ${describeError(error)}`, { filters }));
        }
      });
    });
  }

  barrier(): Promise<void> {
    return this.#answered((resolve) => {
      this.#client.sendPing();
      this.#pulse.pingSent(resolve);
    });
  }

  onMessage(listener: (message: LinkMessage) => void): () => void {
    const stop = this.#messages.on(listener);
    // Not at once: the caller must have got `stop` before its listener is called.
    queueMicrotask(() => this.#deliverEarly());
    return stop;
  }

  onClosed(listener: (reason: LinkClosed) => void): () => void {
    const reason = this.#closed;
    if (reason === undefined) return this.#ended.on(listener);
    let isWanted = true;
    queueMicrotask(() => {
      if (isWanted) listener(reason);
    });
    return () => (isWanted = false);
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.onClosed(() => resolve());
      if (this.#cause) return;
      this.#cause = { code: 'mqtt/closed', text: 'closed by us' };
      this.#timers.own(
        'close limit',
        this.#clock.after(CLOSE_LIMIT_MS, () => this.#socket.destroy()),
      );
      this.#client.end();
    });
  }

  drop(): void {
    if (!this.#closed) this.#lose({ code: 'mqtt/dropped', text: 'given up by us' });
  }

  #publishAcknowledged(topic: string, bytes: Buffer | string, retain: boolean): Promise<void> {
    const cancelLimit = this.#clock.after(ACK_LIMIT_MS, () => {
      this.#lose({ code: 'mqtt/ack-missing', text: `no PUBACK within ${ACK_LIMIT_MS / 1000} s` });
    });
    const acknowledged: Promise<void> = this.#answered((resolve) => {
      this.#client.publish(topic, bytes, { qos: 1, retain }, (error) => {
        // In MQTT 3.1.1 a PUBACK cannot refuse: an error is the end of the link, which rejects what is open.
        if (!error) resolve();
      });
    });
    return acknowledged.finally(cancelLimit);
  }

  /** A call that waits for the broker: rejects when the link ends first. */
  #answered<T>(ask: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#requireOpen();
      this.#open.add(reject);
      const settle = (): boolean => this.#open.delete(reject);
      ask(
        (value) => {
          settle();
          resolve(value);
        },
        (error) => {
          settle();
          reject(error);
        },
      );
    });
  }

  /** One promise for all who wait: thousands of listeners for `drain` would be a leak. */
  #drain(): Promise<void> {
    this.#drained ??= this.#answered((resolve) => {
      this.#socket.once('drain', () => {
        this.#drained = undefined;
        resolve();
      });
    });
    return this.#drained;
  }

  #beat(): void {
    const verdict = this.#pulse.tick();
    if (verdict === 'ping') {
      this.#client.sendPing();
      this.#pulse.pingSent();
    } else if (verdict === 'silent') {
      this.#lose({ code: 'mqtt/silent', text: 'nothing was heard for longer than the keep-alive time' });
    } else if (verdict === 'unanswered') {
      this.#lose({ code: 'mqtt/ping-unanswered', text: 'pings are not answered' });
    } else if (verdict === 'unpaired') {
      this.#lose({ code: 'mqtt/ping-unpaired', text: 'the broker answers pings that were never sent' });
    }
  }

  #receive(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const message = { topic, payload, qos: packet.qos, isRetained: packet.retain };
    if (this.#early) this.#early.push(message);
    else this.#deliver(message);
  }

  #deliverEarly(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.#deliver(message);
  }

  /** An exception of a listener would pass through mqtt.js's parser and end the process. */
  #deliver(message: LinkMessage): void {
    try {
      this.#messages.emit(message);
    } catch (error) {
      this.#log.error('a message could not be handled', { topic: message.topic, error: describeError(error) });
    }
  }

  #requireOpen(): void {
    const reason = this.#closed ?? this.#cause;
    if (reason) throw this.#closedError(reason);
  }

  #closedError(reason: LinkClosed): EngineError {
    return new EngineError('mqtt/closed', `the link to broker ${this.#place} has ended: ${reason.text}`, { reason });
  }

  #lose(cause: LinkClosed): void {
    this.#cause ??= cause;
    this.#socket.destroy();
  }

  #finish(): void {
    const reason = this.#cause ?? { code: 'mqtt/closed-by-broker', text: 'the broker closed the connection' };
    this.#cause = reason;
    this.#closed = reason;
    void this.#timers.end();
    this.#client.end(true);
    for (const reject of [...this.#open]) reject(this.#closedError(reason));
    this.#open.clear();
    this.#ended.emit(reason);
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
