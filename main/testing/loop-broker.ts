import { EngineError } from '../platform/engine-error.ts';
import type { LinkClosed, LinkMessage, LinkRequest, SparkplugLink } from '../sparkplug/sparkplug-link.ts';

/** One message as the broker took it. */
export interface TakenMessage {
  readonly clientId: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  readonly isWill: boolean;
}

interface Client {
  readonly request: LinkRequest;
  readonly filters: Set<string>;
  readonly deliver: (message: LinkMessage) => void;
  readonly drop: (reason: LinkClosed) => void;
}

const toBytes = (payload: Uint8Array | string): Uint8Array =>
  typeof payload === 'string' ? new TextEncoder().encode(payload) : new Uint8Array(payload);

function matches(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const pattern = filter.split('/');
  for (const [index, token] of pattern.entries()) {
    if (token === '#') return true;
    if (token !== '+' && token !== levels[index]) return false;
  }
  return pattern.length === levels.length;
}

/**
 * A broker inside the process, with what Sparkplug relies on: Wills, retained messages, take-over of a client id, one
 * copy for overlapping filters. It speaks at the port, so it is quick and can be made to fail at a chosen moment;
 * each hop takes one microtask, as little as an order-keeping network can take.
 */
export class LoopBroker {
  readonly taken: TakenMessage[] = [];
  readonly connects: LinkRequest[] = [];
  readonly #clients = new Map<string, Client>();
  readonly #retained = new Map<string, Uint8Array>();
  #isUp = true;

  get clientIds(): readonly string[] {
    return [...this.#clients.keys()];
  }

  retained(topic: string): string | undefined {
    const payload = this.#retained.get(topic);
    return payload && new TextDecoder().decode(payload);
  }

  /** Refuses connections until `up`; those that are open are cut, with their Wills. */
  down(): void {
    this.#isUp = false;
    for (const clientId of this.clientIds) this.cut(clientId);
  }

  up(): void {
    this.#isUp = true;
  }

  /** Breaks the connection of a client: its Will is published. */
  cut(clientId: string): void {
    const client = this.#clients.get(clientId);
    if (!client) return;
    this.#clients.delete(clientId);
    const { will } = client.request;
    this.#take({ clientId, ...will, payload: toBytes(will.payload), isWill: true });
    client.drop({ code: 'mqtt/connection-lost', text: 'cut by the test' });
  }

  /** A message of nobody, such as one of a foreign program. */
  inject(topic: string, payload: Uint8Array | string, retain = false): void {
    this.#take({ clientId: '', topic, payload: toBytes(payload), qos: 0, retain, isWill: false });
  }

  /** Fits `OpenLink` when the broker's place in the list is dropped. */
  async open(request: LinkRequest): Promise<SparkplugLink> {
    await Promise.resolve();
    if (!this.#isUp) throw new EngineError('mqtt/unreachable', 'the loop broker is down');
    this.connects.push(request);
    this.cut(request.clientId);
    return this.#admit(request);
  }

  #admit(request: LinkRequest): SparkplugLink {
    const { clientId } = request;
    const messageListeners = new Set<(message: LinkMessage) => void>();
    const closedListeners = new Set<(reason: LinkClosed) => void>();
    const client: Client = {
      request,
      filters: new Set(),
      deliver: (message) =>
        queueMicrotask(() => {
          if (this.#clients.get(clientId) === client) for (const listener of [...messageListeners]) listener(message);
        }),
      drop: (reason) => queueMicrotask(() => [...closedListeners].forEach((listener) => listener(reason))),
    };
    this.#clients.set(clientId, client);
    const requireOpen = (): void => {
      if (this.#clients.get(clientId) !== client) throw new EngineError('mqtt/closed', 'the link has ended');
    };
    return {
      publish: async (topic, payload, { qos, retain }) => {
        requireOpen();
        this.#take({ clientId, topic, payload: toBytes(payload), qos, retain, isWill: false });
      },
      subscribe: async (filters) => {
        requireOpen();
        for (const filter of filters) this.#subscribe(client, filter);
        return filters.map(() => 1);
      },
      barrier: async () => requireOpen(),
      onMessage: (listener) => {
        messageListeners.add(listener);
        return () => messageListeners.delete(listener);
      },
      onClosed: (listener) => {
        closedListeners.add(listener);
        return () => closedListeners.delete(listener);
      },
      close: async () => {
        if (this.#clients.get(clientId) !== client) return;
        this.#clients.delete(clientId);
        client.drop({ code: 'mqtt/closed', text: 'closed by us' });
      },
      drop: () => {
        if (this.#clients.get(clientId) === client) this.cut(clientId);
      },
    };
  }

  #subscribe(client: Client, filter: string): void {
    client.filters.add(filter);
    for (const [topic, payload] of this.#retained) {
      if (matches(filter, topic)) client.deliver({ topic, payload, isRetained: true });
    }
  }

  #take(message: TakenMessage): void {
    this.taken.push(message);
    const { topic, payload, retain } = message;
    if (retain) {
      if (payload.length === 0) this.#retained.delete(topic);
      else this.#retained.set(topic, payload);
    }
    for (const client of this.#clients.values()) {
      if ([...client.filters].some((filter) => matches(filter, topic))) {
        client.deliver({ topic, payload, isRetained: false });
      }
    }
  }
}
