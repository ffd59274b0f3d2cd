import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { silentLog } from '../platform/log.ts';
import { encodeRebirthRequest } from './edge-node-births.ts';
import { HostLink } from './host-link.ts';
import type { ModelEntry } from './host-model-page.ts';
import { HostNodes, type HostNodesListener } from './host-nodes.ts';
import type { LinkClosed, SparkplugLink } from './sparkplug-link.ts';
import { edgeNodeTopic, NAMESPACE, toEdgeNodeDescriptor } from './topic.ts';

export interface ObserverParts {
  readonly open: () => Promise<SparkplugLink>;
  /** Narrow what is heard; absent: all. */
  readonly groupId: string | undefined;
  readonly edgeNodeId: string | undefined;
  /** Nodes whose births were not seen are asked for them: the only thing that an observer ever says by itself. */
  readonly isAsking: boolean;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface ObserverListener extends Omit<HostNodesListener, 'publishCommand'> {
  onConnected(): void;
  onAway(reason: LinkClosed): void;
}

const REORDER_TIMEOUT_MS = 2_000;

/**
 * Hears a plant as a host does and is none: it publishes no STATE, has no Will, and no edge node waits for it. What it
 * shows is what our own host would understand.
 */
export class HostObserver {
  readonly #parts: ObserverParts;
  readonly #link: HostLink;
  readonly #nodes: HostNodes;

  constructor(parts: ObserverParts, listener: ObserverListener) {
    const { groupId, edgeNodeId, isAsking } = parts;
    this.#parts = parts;
    const rules = { ...parts, log: silentLog, reorderTimeoutMs: REORDER_TIMEOUT_MS };
    this.#nodes = new HostNodes(rules, {
      ...listener,
      publishCommand: (topic, payload) => void this.#link.held?.publish(topic, payload, 0),
    });
    this.#link = new HostLink({
      ...parts,
      log: silentLog,
      // `#` matches the level before it too: the node's own messages and those of its devices.
      filters: [`${NAMESPACE}/${groupId ?? '+'}/+/${edgeNodeId ?? '+'}/#`],
      listener: {
        onOpen: () => {},
        onSubscribed: () => {
          this.#nodes.setAsking(isAsking);
          listener.onConnected();
        },
        onMessage: ({ topic, payload, isRetained }) => this.#nodes.receive(topic, payload, isRetained),
        onLeave: () => this.#nodes.loseLink(),
        onAway: (reason) => listener.onAway(reason),
      },
    });
  }

  get state(): ConnectionState {
    return this.#link.state;
  }

  start(): void {
    this.#link.start();
  }

  stop(): Promise<void> {
    return this.#link.stop();
  }

  /** Everything known so far; nothing is known of a node before its birth or data is seen. */
  models(): Iterable<Omit<ModelEntry, 'broker'>> {
    return this.#nodes.models();
  }

  /** Asks a node for all its births. Rejects when there is no connection. */
  askForBirths(groupId: string, edgeNodeId: string): Promise<void> {
    const topic = edgeNodeTopic('NCMD', toEdgeNodeDescriptor(groupId, edgeNodeId));
    return this.command(topic, encodeRebirthRequest(this.#parts.clock.nowMs()));
  }

  /** QoS 0, not retained (tck-id-payloads-ncmd-qos, -retain). Rejects when there is no connection. */
  async command(topic: string, payload: Uint8Array): Promise<void> {
    const link = this.#link.held;
    if (link === undefined) throw new EngineError('sparkplug/not-connected', 'there is no connection to the broker');
    await link.publish(topic, payload, 0);
  }
}
