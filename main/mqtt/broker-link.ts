import type { Socket } from 'node:net';
import { MqttClient } from 'mqtt';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { type BrokerAddress, type BrokerEndpoint, nameEndpoint, parseBrokerAddress } from './broker-address.ts';
import { connectBroker } from './broker-socket.ts';
import { connectFailure, toConnectFailure } from './connect-failure.ts';
import { MqttLink } from './mqtt-link.ts';

export type { BrokerAddress } from './broker-address.ts';

export interface LinkRequest {
  readonly clientId: string;
  /** Seconds, at least 1. A dead connection is noticed after 1 to 1.25 times this. */
  readonly keepAliveS: number;
  readonly will?: {
    readonly topic: string;
    readonly payload: Uint8Array | string;
    readonly qos: 1;
    readonly retain: boolean;
  };
}

export interface LinkMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Of the delivery: at most what the subscription was granted. */
  readonly qos: number;
  readonly isRetained: boolean;
}

/** Why a link has ended: `mqtt/closed` when we closed it, else what was seen. */
export interface LinkClosed {
  readonly code: `mqtt/${string}`;
  readonly text: string;
}

/** One MQTT session: from CONNACK to the end of its connection, never longer. All calls after the end reject. */
export interface BrokerLink {
  /**
   * Writes in the order of the calls. QoS 0 resolves when the socket's buffer has room again, QoS 1 on PUBACK.
   * @throws EngineError `mqtt/illegal-topic`, `mqtt/closed`
   */
  publish(
    topic: string,
    payload: Uint8Array | string,
    options: { readonly qos: 0 | 1; readonly retain: boolean },
  ): Promise<void>;
  /** One SUBSCRIBE at QoS 1 for all; resolves to the granted QoS of each filter, 128 where the broker refuses. */
  subscribe(filters: readonly string[]): Promise<readonly number[]>;
  /**
   * Resolves when the broker has read everything written before: a PINGREQ is written behind it, and a
   * broker reads a connection in order. Several may be open at once; they end in the order of the calls.
   */
  barrier(): Promise<void>;
  /** Messages that come before the first listener are kept for it. */
  onMessage(listener: (message: LinkMessage) => void): () => void;
  /** Told once, also when the link has already ended. */
  onClosed(listener: (reason: LinkClosed) => void): () => void;
  /** Sends DISCONNECT (so the Will is dropped) and ends within a second. Never rejects. */
  close(): Promise<void>;
  /** Breaks the connection without DISCONNECT, so that the broker publishes the Will. */
  drop(): void;
}

export interface LinkParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborting it gives up an attempt to connect; it means nothing to a link that is open. */
  readonly signal?: AbortSignal;
}

const CONNECT_LIMIT_MS = 10_000;

/**
 * Connects and waits for CONNACK, at most 10 s. A link is one Sparkplug session: it never reconnects, keeps
 * nothing for later and repeats nothing, so that no message of one session can appear in the next.
 * @throws EngineError with a code that begins with `mqtt/`; the message ends with the next step.
 */
export async function openBrokerLink(
  address: BrokerAddress,
  request: LinkRequest,
  parts: LinkParts,
): Promise<BrokerLink> {
  const endpoint = parseBrokerAddress(address);
  const attempt = new AbortController();
  const giveUp = (): void => attempt.abort(new EngineError('mqtt/given-up', 'the attempt to connect was given up'));
  parts.signal?.addEventListener('abort', giveUp, { once: true });
  if (parts.signal?.aborted) giveUp();
  const cancelLimit = parts.clock.after(CONNECT_LIMIT_MS, () => attempt.abort(tooSlow(endpoint)));
  try {
    const socket = await connectBroker(address, endpoint, attempt.signal);
    return await startSession(socket, address, endpoint, request, parts, attempt.signal);
  } catch (error) {
    throw attempt.signal.aborted ? attempt.signal.reason : error;
  } finally {
    cancelLimit();
    parts.signal?.removeEventListener('abort', giveUp);
  }
}

/** CONNECT on a ready connection; resolves on a CONNACK that admits us. */
export function startSession(
  socket: Socket,
  address: BrokerAddress,
  endpoint: BrokerEndpoint,
  request: LinkRequest,
  { clock, log }: LinkParts,
  signal: AbortSignal,
): Promise<BrokerLink> {
  const client = createClient(socket, address, request);
  const link = new MqttLink(client, socket, nameEndpoint(endpoint), clock, log);
  return new Promise((resolve, reject) => {
    const onFailure = (error: unknown): void => {
      stopListening();
      socket.destroy();
      reject(toConnectFailure(error, endpoint, 'connack'));
    };
    const onAbort = (): void => onFailure(signal.reason);
    const onClose = (): void => onFailure(new Error('closed before CONNACK'));
    const onConnect = (): void => {
      stopListening();
      link.begin(request.keepAliveS);
      resolve(link);
    };
    const stopListening = (): void => {
      client.off('error', onFailure);
      client.off('connect', onConnect);
      socket.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    client.on('error', onFailure);
    client.on('connect', onConnect);
    socket.once('close', onClose);
    signal.addEventListener('abort', onAbort);
  });
}

function createClient(socket: Socket, address: BrokerAddress, request: LinkRequest): MqttClient {
  const { userName, password } = address;
  const { will } = request;
  return new MqttClient(() => socket, {
    clientId: request.clientId,
    protocolVersion: 4,
    protocolId: 'MQTT',
    clean: true,
    keepalive: request.keepAliveS,
    // The pulse of the link watches the connection; mqtt.js must not send PINGREQs that no barrier knows of.
    timerVariant: { set: () => 0, clear: () => {} },
    connectTimeout: CONNECT_LIMIT_MS + 1_000,
    reconnectPeriod: 0,
    queueQoSZero: false,
    resubscribe: false,
    ...(userName === undefined ? {} : { username: userName }),
    ...(password === undefined ? {} : { password }),
    ...(will === undefined ? {} : { will: { ...will, payload: Buffer.from(will.payload) } }),
  });
}

function tooSlow(endpoint: BrokerEndpoint): EngineError {
  return connectFailure(
    'mqtt/timeout',
    endpoint,
    `has not admitted us within ${CONNECT_LIMIT_MS / 1000} s`,
    'check the firewall between, and whether the broker hangs',
  );
}
