import type { IngestSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { HostModelPage, HostModelQuery } from '../../shared/domain/host-model.ts';
import type { Clock } from '../platform/clock.ts';
import { EventSource } from '../platform/event-source.ts';
import type { Log } from '../platform/log.ts';
import { HostBroker } from './host-broker.ts';
import { isStray, type MergeInput } from './host-merge.ts';
import { type ModelEntry, toModelPage } from './host-model-page.ts';
import type { ResolvedMetric } from './host-node.ts';
import { type DeviceChanged, type NodeChanged, nodeKey } from './host-nodes.ts';
import { summarizeBrokers, summarizeNodes } from './host-summary.ts';
import { MergedNodes } from './merged-nodes.ts';
import type { OpenLink, SessionMemory } from './sparkplug-link.ts';
import type { EdgeNodeDescriptor } from './topic.ts';

export type { NodeChanged } from './host-nodes.ts';

export interface HostParts {
  /** Primary host id that edge nodes wait for; also the MQTT client id. */
  readonly hostId: string;
  /** Only this group is received, where a site shares its groups among several hosts; absent: all. */
  readonly groupFilter?: string;
  readonly keepAliveS: number;
  /** The host is on each of them at once; absent: on broker 0 only. */
  readonly brokerUrls?: readonly string[];
  readonly openLink: OpenLink;
  readonly memory: SessionMemory;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 … 1 */
  readonly random: () => number;
  readonly reorderTimeoutMs: number;
}

interface HostSnapshot extends Omit<IngestSnapshot, 'receivedPerS'> {
  /** Metrics passed on since the start. */
  readonly receivedCount: number;
}

/**
 * A Sparkplug host application on all brokers of a site; see `host-broker.ts` for one of them and `host-merge.ts` for
 * the rule that puts them together.
 */
export interface HostRunner {
  start(): void;
  /** Publishes the STATE deaths, waits for them, disconnects; at most 2 s, never rejects. Flush before, not after. */
  stop(): Promise<void>;
  /** STATE online on every broker while true, offline while false (as at the start); the connections stay. */
  setReady(isReady: boolean): void;
  /**
   * The metrics of one message, in the order of their edge node. Brokers that share their messages give them once
   * each: whoever stores them must not mind a repetition.
   */
  onMetrics(listener: (metrics: readonly ResolvedMetric[]) => void): () => void;
  /** An edge node came online on the first broker, or went from the last. */
  onNodeChanged(listener: (node: NodeChanged) => void): () => void;
  onDeviceChanged(listener: (device: DeviceChanged) => void): () => void;
  snapshot(): HostSnapshot;
  /** What is known of edge nodes, devices and metrics: each node as the broker knows it that it was last born on. */
  modelPage(query: HostModelQuery): HostModelPage;
}

/** As long without another sign of two programs, and it counts as one again. */
const STRAY_CALM_MS = 60_000;

/** Makes the runner; nothing happens before `start`. Throws `sparkplug/illegal-id` for an illegal host id. */
export const createHostRunner = (parts: HostParts): HostRunner => new MergedHost(parts);

class MergedHost implements HostRunner {
  readonly #brokers: readonly HostBroker[];
  readonly #merged = new MergedNodes();
  readonly #metrics = new EventSource<readonly ResolvedMetric[]>();
  readonly #nodeChanged = new EventSource<NodeChanged>();
  readonly #deviceChanged = new EventSource<DeviceChanged>();
  readonly #parts: HostParts;
  /** Monotonic time of the last live data on a broker that the node has left. */
  readonly #strayAtMs = new Map<string, number>();
  #receivedCount = 0;

  constructor(parts: HostParts) {
    const { brokerUrls = [''], log } = parts;
    this.#parts = parts;
    const ownTimestamps = new Set<number>();
    this.#brokers = brokerUrls.map((url, index) => {
      const own = brokerUrls.length > 1 ? { ...parts, log: log.scope(`broker ${index + 1}`) } : parts;
      return new HostBroker(
        own,
        { index, url, ownTimestamps },
        {
          onMetrics: (metrics) => {
            this.#receivedCount += metrics.length;
            this.#noteStrays(index, metrics);
            this.#metrics.emit(metrics);
          },
          onFound: (descriptor, found) => this.#merge(descriptor, { ...found, broker: index }),
        },
      );
    });
  }

  start(): void {
    for (const broker of this.#brokers) broker.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.stop()));
  }

  setReady(isReady: boolean): void {
    for (const broker of this.#brokers) broker.setReady(isReady);
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
    const sum = (read: (broker: HostBroker) => number): number =>
      this.#brokers.reduce((total, broker) => total + read(broker), 0);
    return {
      ...summarizeBrokers(this.#brokers.map((broker) => broker.snapshot())),
      nodes: summarizeNodes(
        this.#brokers.map(({ nodes }) => nodes.list()),
        this.#merged.byKey,
      ).map((row) => (this.#hasStrays(row.id) ? { ...row, alarm: 'duplicate-node' } : row)),
      rebirthRequestCount: sum(({ nodes }) => nodes.rebirthRequestCount),
      faultCount: sum(({ nodes }) => nodes.faultCount),
      receivedCount: this.#receivedCount,
    };
  }

  modelPage(query: HostModelQuery): HostModelPage {
    return toModelPage(this.#entries(), query);
  }

  *#entries(): Iterable<ModelEntry> {
    const seen = new Set<string>();
    const homeOf = (key: string): number | undefined => this.#merged.byKey.get(key)?.home;
    for (const [index, { nodes, url }] of this.#brokers.entries()) {
      for (const entry of nodes.models()) {
        const key = nodeKey(entry.node);
        const isHome = homeOf(key) === index || (homeOf(key) === undefined && !seen.has(key));
        seen.add(key);
        if (isHome) yield { ...entry, broker: url };
      }
    }
  }

  /** Two programs with one descriptor, each on a broker of its own: neither broker sees anything wrong. */
  #noteStrays(broker: number, metrics: readonly ResolvedMetric[]): void {
    const [first] = metrics;
    if (this.#brokers.length < 2 || first === undefined || first.isBirth || first.isHistorical) return;
    const key = nodeKey(first);
    const node = this.#merged.byKey.get(key);
    const { clock, log } = this.#parts;
    if (node === undefined || !isStray(node, broker, clock.nowMs())) return;
    if (!this.#hasStrays(key)) log.error(`edge node ${key} speaks on two brokers at once: two programs have its id`);
    this.#strayAtMs.set(key, clock.monotonicMs());
  }

  #hasStrays(key: string): boolean {
    const strayAtMs = this.#strayAtMs.get(key);
    if (strayAtMs === undefined) return false;
    if (this.#parts.clock.monotonicMs() - strayAtMs < STRAY_CALM_MS) return true;
    this.#strayAtMs.delete(key);
    return false;
  }

  #merge(descriptor: EdgeNodeDescriptor, input: MergeInput): void {
    const key = nodeKey(descriptor);
    for (const { deviceId, ...change } of this.#merged.take(key, input)) {
      if (deviceId === null) this.#nodeChanged.emit({ ...descriptor, ...change });
      else this.#deviceChanged.emit({ ...descriptor, deviceId, ...change });
    }
  }
}
