import type { ConnectionState, IngestSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { backoffDelayMs } from '../platform/backoff.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';
import { ConnectionTracker, toLinkClosed } from './connection-tracker.ts';
import type { HeldLink } from './held-link.ts';
import type { ResolvedMetric } from './host-node.ts';
import { type DeviceChanged, HostNodes, type NodeChanged } from './host-nodes.ts';
import { HostPresence } from './host-presence.ts';
import { LinkHolder } from './link-holder.ts';
import type { LinkMessage, OpenLink, SessionMemory, SparkplugLink } from './sparkplug-link.ts';
import { NAMESPACE, toHostId } from './topic.ts';

export type { NodeChanged } from './host-nodes.ts';

/** As the edge node's, so that both together are back within 30 s after any fault. */
const RETRY = { firstMs: 1_000, maxMs: 15_000 };
/** A link that ends sooner does not reset the back-off: two hosts of one id would throw each other out. */
const LASTING_LINK_MS = 10_000;
const STOP_LIMIT_MS = 2_000;

export interface HostParts {
  /** Primary host id that edge nodes wait for; also the MQTT client id. */
  readonly hostId: string;
  /** Only this group is received, where a site shares its groups among several hosts; absent: all. */
  readonly groupFilter?: string;
  readonly keepAliveS: number;
  /** The host is on broker 0 only. */
  readonly openLink: OpenLink;
  readonly memory: SessionMemory;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 … 1 */
  readonly random: () => number;
  readonly reorderTimeoutMs: number;
}

interface HostSnapshot extends Omit<IngestSnapshot, 'receivedPerS' | 'broker'> {
  readonly broker: ConnectionState;
  /** Metrics passed on since the start. */
  readonly receivedCount: number;
}

/** A Sparkplug host application on one broker; see `host-session.ts` and `host-presence.ts` for the rules. */
export interface HostRunner {
  start(): void;
  /** Publishes the STATE death, waits for it, disconnects; at most 2 s, never rejects. Flush before, not after. */
  stop(): Promise<void>;
  /** STATE online while true, offline while false (as at the start); the connection stays. */
  setReady(isReady: boolean): void;
  /** The metrics of one message, in the order of their edge node. */
  onMetrics(listener: (metrics: readonly ResolvedMetric[]) => void): () => void;
  /** An edge node came online or went. */
  onNodeChanged(listener: (node: NodeChanged) => void): () => void;
  onDeviceChanged(listener: (device: DeviceChanged) => void): () => void;
  snapshot(): HostSnapshot;
}

/** Makes the runner; nothing happens before `start`. Throws `sparkplug/illegal-id` for an illegal host id. */
export const createHostRunner = (parts: HostParts): HostRunner => new LinkedHost(parts);

class LinkedHost implements HostRunner {
  readonly #parts: HostParts;
  readonly #tracker: ConnectionTracker;
  readonly #presence: HostPresence;
  readonly #holder: LinkHolder;
  readonly #nodes: HostNodes;
  readonly #metrics = new EventSource<readonly ResolvedMetric[]>();
  readonly #nodeChanged = new EventSource<NodeChanged>();
  readonly #deviceChanged = new EventSource<DeviceChanged>();
  #isStarted = false;
  /** Connections tried since the last lasting one. */
  #attempt = 0;
  #connectedAtMs = 0;
  #receivedCount = 0;
  #cancelRetry = (): void => {};

  constructor(parts: HostParts) {
    const { clock, log } = parts;
    this.#parts = parts;
    this.#tracker = new ConnectionTracker(clock);
    this.#nodes = new HostNodes(parts, {
      onMetrics: (metrics) => {
        this.#receivedCount += metrics.length;
        this.#metrics.emit(metrics);
      },
      onNodeChanged: (node) => this.#nodeChanged.emit(node),
      onDeviceChanged: (device) => this.#deviceChanged.emit(device),
      // QoS 0, not retained (tck-id-payloads-ncmd-qos, -retain).
      publishCommand: (topic, payload) => void this.#holder.link?.publish(topic, payload, 0),
    });
    this.#presence = new HostPresence(toHostId(parts.hostId), parts, (isOnline) => this.#nodes.setAsking(isOnline));
    this.#holder = new LinkHolder(clock, log, {
      onOpen: (link) => void this.#subscribe(link),
      onOpenFailed: (error) => this.#retry(toLinkClosed(error)),
      onMessage: (message) => this.#onMessage(message),
      onLost: (reason) => {
        this.#leave();
        if (clock.monotonicMs() - this.#connectedAtMs >= LASTING_LINK_MS) this.#attempt = 0;
        this.#retry(reason);
      },
    });
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#attempt = 0;
    this.#connect();
  }

  async stop(): Promise<void> {
    if (!this.#isStarted) return;
    this.#isStarted = false;
    this.#cancelRetry();
    const { clock, log } = this.#parts;
    const tooSlow = (): Error => new EngineError('sparkplug/stop-too-slow', 'the broker took longer than we may wait');
    try {
      await within(clock, STOP_LIMIT_MS, this.#end(), tooSlow);
    } catch (error) {
      log.warn('the host did not end in time', { error: describeError(error) });
    }
    this.#tracker.stopped();
  }

  setReady(isReady: boolean): void {
    this.#presence.setReady(isReady);
  }

  onMetrics(listener: (metrics: readonly ResolvedMetric[]) => void): () => void {
    return this.#metrics.on(listener);
  }

  onNodeChanged(listener: (node: NodeChanged) => void): () => void {
    return this.#nodeChanged.on(listener);
  }

  onDeviceChanged(listener: (device: DeviceChanged) => void): () => void {
    return this.#deviceChanged.on(listener);
  }

  snapshot(): HostSnapshot {
    return {
      broker: this.#tracker.state,
      isOnline: this.#presence.isOnline,
      nodes: this.#nodes.list(),
      rebirthRequestCount: this.#nodes.rebirthRequestCount,
      faultCount: this.#nodes.faultCount,
      receivedCount: this.#receivedCount,
    };
  }

  #connect(): void {
    this.#attempt += 1;
    this.#tracker.connecting(this.#attempt);
    this.#holder.open(() => this.#open());
  }

  async #open(): Promise<SparkplugLink> {
    const { openLink, hostId, keepAliveS } = this.#parts;
    return openLink(0, { clientId: hostId, keepAliveS, will: await this.#presence.toWill() });
  }

  /** The STATE topic has a filter of its own, also where `#` covers it: the TCK looks for both. */
  async #subscribe(link: HeldLink): Promise<void> {
    const { groupFilter } = this.#parts;
    this.#tracker.connected();
    this.#presence.attach(link);
    this.#connectedAtMs = this.#parts.clock.monotonicMs();
    try {
      const namespace = groupFilter === undefined ? `${NAMESPACE}/#` : `${NAMESPACE}/${groupFilter}/#`;
      await link.subscribe([this.#presence.topic, namespace]);
      if (!link.isHeld) return;
      this.#presence.begins();
      this.#parts.log.info('the host is connected', { filter: namespace });
    } catch (error) {
      link.fail(error);
    }
  }

  async #end(): Promise<void> {
    const death = this.#holder.link && (await this.#presence.toLastMessage());
    // In this order: an echo of the death must not be answered with a new birth.
    this.#leave();
    this.#holder.end(death);
    await this.#holder.settled();
  }

  /** All that was known came over the link that has gone (section 2.1: everything on that server is stale). */
  #leave(): void {
    this.#presence.detach();
    this.#nodes.loseLink();
  }

  #retry(reason: { readonly code: string; readonly text: string }): void {
    if (!this.#isStarted) return;
    const { clock, random, log } = this.#parts;
    const delayMs = backoffDelayMs(RETRY, Math.max(1, this.#attempt), random);
    this.#tracker.away(reason, clock.nowMs() + delayMs);
    log.warn('no connection to the broker', { ...reason, retryInMs: delayMs });
    this.#cancelRetry = clock.after(delayMs, () => this.#connect());
  }

  #onMessage({ topic, payload, isRetained }: LinkMessage): void {
    if (topic === this.#presence.topic) this.#presence.onState(payload, isRetained);
    else this.#nodes.receive(topic, payload, isRetained);
  }
}
