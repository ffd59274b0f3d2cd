import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { EdgeNodeParts } from './edge-node.ts';
import type { BornScope } from './edge-node-births.ts';
import { type EdgeNodeCommand, readCommand } from './edge-node-commands.ts';
import type { HeldLink } from './held-link.ts';
import { type HostPresence, parseHostState } from './host-state.ts';
import type { LinkMessage } from './sparkplug-link.ts';
import { deviceFilter, edgeNodeTopic, hostStateTopic, parseTopic, toHostId } from './topic.ts';

export interface InboxListener {
  onHostState(state: HostPresence): void;
  onCommand(command: EdgeNodeCommand): void;
}

const REFUSED = 'sparkplug/subscription-refused';

type InboxParts = Pick<EdgeNodeParts, 'descriptor' | 'primaryHostId' | 'takesWrites'> & { readonly log: Log };

/** What an edge node listens to: commands for it and its devices, and the STATE of its primary host. */
export class EdgeNodeInbox {
  readonly #parts: InboxParts;
  readonly #listener: InboxListener;
  readonly #scopeOf: (deviceId: string | null) => BornScope | undefined;
  readonly #stateTopic: string | undefined;
  readonly #commandTopic: string;
  readonly #deviceCommandFilter: string;
  /** The last link ended over the DCMD that this node could do without. */
  #isDeviceFilterFatal = false;

  /** `scopeOf`: what is born now. Throws `sparkplug/illegal-id` for an illegal host id. */
  constructor(parts: InboxParts, scopeOf: (deviceId: string | null) => BornScope | undefined, listener: InboxListener) {
    const { descriptor, primaryHostId } = parts;
    this.#parts = parts;
    this.#scopeOf = scopeOf;
    this.#listener = listener;
    this.#stateTopic = primaryHostId === null ? undefined : hostStateTopic(toHostId(primaryHostId));
    this.#commandTopic = edgeNodeTopic('NCMD', descriptor);
    this.#deviceCommandFilter = deviceFilter('DCMD', descriptor);
  }

  /**
   * NCMD, DCMD and STATE before any birth: a rebirth request or a word of the host in between would be missed.
   * A broker whose access list knows nothing of DCMD serves a node that takes no writes as well as ever, also where
   * it ends the connection of who asks: the next one does not ask, the one after that does.
   */
  async subscribe(link: HeldLink): Promise<void> {
    const filters = [this.#commandTopic, ...(this.#stateTopic === undefined ? [] : [this.#stateTopic])];
    if (this.#parts.takesWrites?.() === true) return link.subscribe([...filters, this.#deviceCommandFilter]);
    await link.subscribe(filters);
    const isSkipped = this.#isDeviceFilterFatal;
    this.#isDeviceFilterFatal = false;
    try {
      if (isSkipped) throw new EngineError(REFUSED, 'the broker ended the connection when it was asked for DCMD');
      await link.subscribe([this.#deviceCommandFilter]);
    } catch (error) {
      if (!isEngineError(error, REFUSED)) {
        this.#isDeviceFilterFatal = true;
        throw error;
      }
      this.#parts.log.warn('no device can be asked for its birth alone', { error: describeError(error) });
    }
  }

  /** The broker tells the STATE it keeps once more (MQTT 3.1.1, MQTT-3.8.4-3). */
  async subscribeHost(link: HeldLink): Promise<void> {
    if (this.#stateTopic !== undefined) await link.subscribe([this.#stateTopic]);
  }

  /** The only sign that a node waits for a host which believes that it is online. */
  tellOldHost(ages: { readonly timestampMs: number; readonly newestMs: number }): void {
    const text =
      'the primary host is online with a STATE older than one known, which is ignored; if its clock was set back, run ' +
      '"lineside sparkplug forget-host"';
    this.#parts.log.warn(text, {
      topic: this.#stateTopic,
      time: new Date(ages.timestampMs).toISOString(),
      newest: new Date(ages.newestMs).toISOString(),
    });
  }

  take(message: LinkMessage): void {
    const { topic, payload } = message;
    if (topic === this.#stateTopic) {
      const state = parseHostState(payload);
      if (state) this.#listener.onHostState(state);
      else
        this.#parts.log.warn('a STATE message is not readable and was ignored', { topic, sizeBytes: payload.length });
      return;
    }
    const deviceId = this.#toScope(topic);
    if (deviceId !== undefined) this.#listener.onCommand(readCommand(message, deviceId, this.#scopeOf(deviceId)));
  }

  /** Null: the node; undefined: no command for us. */
  #toScope(topic: string): string | null | undefined {
    if (topic === this.#commandTopic) return null;
    const { groupId, edgeNodeId } = this.#parts.descriptor;
    const parsed = parseTopic(topic);
    const isOurs = parsed?.kind === 'device' && parsed.groupId === groupId && parsed.edgeNodeId === edgeNodeId;
    return isOurs && parsed.verb === 'DCMD' ? parsed.deviceId : undefined;
  }
}
