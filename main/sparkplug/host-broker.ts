import type { IngestBroker } from '../../shared/domain/engine-snapshot.ts';
import { HostLink } from './host-link.ts';
import { HostNodes, type HostNodesListener } from './host-nodes.ts';
import { HostPresence } from './host-presence.ts';
import type { HostParts } from './host-runner.ts';
import type { LinkMessage } from './sparkplug-link.ts';
import { NAMESPACE, toHostId } from './topic.ts';

/** The filter of everything a host hears: of one group, or of all. */
const toNamespaceFilter = (groupId: string | undefined): string =>
  groupId === undefined ? `${NAMESPACE}/#` : `${NAMESPACE}/${groupId}/#`;

/** Where a host is on one of its brokers. */
export interface BrokerPlace {
  readonly index: number;
  readonly url: string;
  /** STATE timestamps of this host on any broker: two addresses may lead to one broker. */
  readonly ownTimestamps: Set<number>;
}

/**
 * A host application on one broker: a client, a Will, a STATE and timestamps of its own there
 * (tck-id-operational-behavior-host-application-multi-server-timestamp), and the edge nodes it hears there. What
 * happens on another broker never reaches it.
 */
export class HostBroker {
  readonly nodes: HostNodes;
  readonly url: string;
  readonly #link: HostLink;
  readonly #presence: HostPresence;

  constructor(
    parts: HostParts,
    { index, url, ownTimestamps }: BrokerPlace,
    listener: Omit<HostNodesListener, 'publishCommand'>,
  ) {
    const { openLink, keepAliveS, hostId, groupFilter } = parts;
    this.url = url;
    this.nodes = new HostNodes(parts, {
      ...listener,
      // QoS 0, not retained (tck-id-payloads-ncmd-qos, -retain).
      publishCommand: (topic, payload) => void this.#link.held?.publish(topic, payload, 0),
    });
    this.#presence = new HostPresence(toHostId(hostId), { ...parts, brokerUrl: url, ownTimestamps }, (isOnline) =>
      this.nodes.setAsking(isOnline),
    );
    const { topic } = this.#presence;
    // A second client of the same id would be thrown out where two addresses lead to one broker.
    const clientId = index === 0 ? hostId : `${hostId}-${index + 1}`;
    this.#link = new HostLink({
      ...parts,
      open: async () => openLink(index, { clientId, keepAliveS, will: await this.#presence.toWill() }),
      // The STATE topic has a filter of its own, also where `#` covers it: the TCK looks for both.
      filters: [topic, toNamespaceFilter(groupFilter)],
      listener: {
        onOpen: (link) => this.#presence.attach(link),
        onSubscribed: () => this.#presence.begins(),
        onMessage: (message) => this.#onMessage(message),
        // All that was known came over the link that has gone (section 2.1: everything on that server is stale).
        onLeave: () => {
          this.#presence.detach();
          this.nodes.loseLink();
        },
      },
    });
  }

  start(): void {
    this.#link.start();
  }

  stop(): Promise<void> {
    return this.#link.stop(() => this.#presence.toLastMessage());
  }

  setReady(isReady: boolean): void {
    this.#presence.setReady(isReady);
  }

  snapshot(): IngestBroker {
    const { isOnline, alarm } = this.#presence;
    return { url: this.url, state: this.#link.state, isOnline, alarm };
  }

  #onMessage({ topic, payload, isRetained }: LinkMessage): void {
    if (topic === this.#presence.topic) this.#presence.onState(payload, isRetained);
    else this.nodes.receive(topic, payload, isRetained);
  }
}
