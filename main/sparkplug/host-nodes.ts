import { assertNever } from '../../shared/domain/assert-never.ts';
import type { IngestSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';
import { decodePayload } from './decode-payload.ts';
import { encodeRebirthRequest } from './edge-node-births.ts';
import { FaultLog } from './fault-log.ts';
import type { MergeInput } from './host-merge.ts';
import { HostModel } from './host-model.ts';
import type { ModelEntry } from './host-model-page.ts';
import type { HostFaultReason, OfflineCause, ResolvedMetric, SeenMetric } from './host-node.ts';
import { createHostNode, type HostEffect, type HostNode, type IncomingMessage, type Moment } from './host-node.ts';
import { type HostInput, nextDueMs, step } from './host-session.ts';
import { RebirthQueue } from './rebirth-queue.ts';
import { type EdgeNodeDescriptor, edgeNodeTopic, parseTopic } from './topic.ts';

export interface NodeChanged extends EdgeNodeDescriptor {
  readonly isOnline: boolean;
  /** Our clock, on receipt. */
  readonly atMs: number;
  readonly because: OfflineCause | 'birth';
}

/** As for a node; `atMs` of a DDEATH is the time that the edge node gives. */
export interface DeviceChanged extends NodeChanged {
  readonly deviceId: string;
}

/** What the host session of a node has found, for the rule over all brokers. */
type Found = MergeInput extends infer Input ? (Input extends MergeInput ? Omit<Input, 'broker'> : never) : never;

export interface HostNodesListener {
  onMetrics(metrics: readonly ResolvedMetric[]): void;
  /** What is shown and not stored. */
  onUnstored?(metrics: readonly SeenMetric[]): void;
  /** The births of a node (device null) or device, after everything else that its message says. */
  onBorn?(descriptor: EdgeNodeDescriptor, deviceId: string | null): void;
  /** Two programs speak as this node, or do not any more. */
  onDuplicate?(edgeNode: string, isFound: boolean): void;
  onFault?(edgeNode: string, reason: HostFaultReason, detail: string): void;
  onFound(descriptor: EdgeNodeDescriptor, found: Found): void;
  publishCommand(topic: string, payload: Uint8Array): void;
}

export const nodeKey = ({ groupId, edgeNodeId }: Pick<ResolvedMetric, 'groupId' | 'edgeNodeId'>): string =>
  `${groupId}/${edgeNodeId}`;

/** One edge node with the timer of its next `tick`. */
interface Entry {
  readonly key: string;
  readonly model: HostModel;
  node: HostNode;
  dueMs: number | undefined;
  cancelTimer: () => void;
}

/** A topic taken apart once: an edge node uses the same few for ever. */
interface Route {
  readonly entry: Entry;
  readonly verb: IncomingMessage['verb'];
  readonly deviceId: IncomingMessage['deviceId'];
}

/** More than one host has; a broker full of invented ones must not fill the memory. */
const MAX_NODE_COUNT = 10_000;
/** More topics than any plant has; a broker full of invented ones must not fill the memory. */
const MAX_ROUTE_COUNT = 20_000;

/** The host sessions of all edge nodes behind one link: routes messages in, performs effects out. */
export class HostNodes {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #random: () => number;
  readonly #rules: { readonly reorderTimeoutMs: number };
  readonly #listener: HostNodesListener;
  readonly #faults: FaultLog;
  readonly #rebirths: RebirthQueue<EdgeNodeDescriptor>;
  readonly #entries = new Map<string, Entry>();
  readonly #routes = new Map<string, Route>();
  #rebirthRequestCount = 0;

  constructor(
    parts: {
      readonly clock: Clock;
      readonly log: Log;
      readonly random: () => number;
      readonly reorderTimeoutMs: number;
    },
    listener: HostNodesListener,
  ) {
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#random = parts.random;
    this.#rules = { reorderTimeoutMs: parts.reorderTimeoutMs };
    this.#listener = listener;
    this.#faults = new FaultLog(parts.clock, parts.log);
    this.#rebirths = new RebirthQueue(parts.clock, (descriptor) => this.#requestRebirth(descriptor));
  }

  get rebirthRequestCount(): number {
    return this.#rebirthRequestCount;
  }

  get faultCount(): number {
    return this.#faults.count;
  }

  list(): IngestSnapshot['nodes'] {
    return [...this.#entries.values()].map(({ key, node: { isOnline, scopes, bdSeq, duplicate } }) => ({
      id: key,
      isOnline,
      deviceCount: Math.max(0, scopes.size - 1),
      bdSeq,
      alarm: duplicate.isFound ? 'duplicate-node' : null,
    }));
  }

  /** All that is known of each edge node, for a person to look at. */
  *models(): Iterable<Omit<ModelEntry, 'broker'>> {
    for (const { node, model } of this.#entries.values()) yield { node, model };
  }

  /** Rebirth requests go out only while the host's own STATE is online. */
  setAsking(isAllowed: boolean): void {
    this.#rebirths.setOpen(isAllowed);
  }

  /** A message of any topic; commands and STATE of other hosts are none of ours. */
  receive(topic: string, bytes: Uint8Array, isRetained: boolean): void {
    const route = this.#routes.get(topic) ?? this.#addRoute(topic);
    if (!route) return;
    const { entry, verb, deviceId } = route;
    entry.model.messageCount += 1;
    const message: IncomingMessage = { verb, deviceId, result: decodePayload(bytes), bytes, isRetained };
    this.#step(entry, { type: 'message', message, moment: this.#moment() });
  }

  loseLink(): void {
    this.#rebirths.clear();
    for (const entry of this.#entries.values()) this.#step(entry, { type: 'link-lost', moment: this.#moment() });
  }

  #moment(): Moment {
    return { nowMs: this.#clock.nowMs(), monotonicMs: this.#clock.monotonicMs(), chance: this.#random() };
  }

  #addRoute(topic: string): Route | undefined {
    const parsed = parseTopic(topic);
    if (parsed === undefined) {
      this.#faults.add('', 'foreign-topic', topic);
      return undefined;
    }
    if (parsed.kind === 'host-state' || parsed.verb === 'NCMD' || parsed.verb === 'DCMD') return undefined;
    const { groupId, edgeNodeId, verb } = parsed;
    const deviceId = parsed.kind === 'device' ? parsed.deviceId : null;
    const entry = this.#entryOf({ groupId, edgeNodeId });
    if (entry === undefined) {
      this.#faults.add('', 'too-many-nodes', topic);
      return undefined;
    }
    const route = { entry, verb, deviceId };
    if (this.#routes.size >= MAX_ROUTE_COUNT) this.#routes.clear();
    this.#routes.set(topic, route);
    return route;
  }

  /** Makes room for a new edge node; false when all are online: then the new one is not heard. */
  #forgetOne(): boolean {
    for (const { key, node } of this.#entries.values()) {
      if (node.isOnline || nextDueMs(node) !== undefined) continue;
      this.#entries.delete(key);
      for (const [topic, { entry }] of this.#routes) if (entry.key === key) this.#routes.delete(topic);
      return true;
    }
    return false;
  }

  #entryOf(descriptor: EdgeNodeDescriptor): Entry | undefined {
    const key = nodeKey(descriptor);
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      if (this.#entries.size >= MAX_NODE_COUNT && !this.#forgetOne()) return undefined;
      const node = createHostNode(descriptor);
      entry = { key, model: new HostModel(), node, dueMs: undefined, cancelTimer: () => {} };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #step(entry: Entry, input: HostInput): void {
    const before = entry.node.scopes;
    const { next, effects } = step(entry.node, input, this.#rules);
    entry.node = next;
    entry.model.note(next, effects, input.moment.nowMs);
    this.#setTimer(entry);
    for (const effect of effects) this.#perform(entry, effect);
    if (next.scopes === before) return;
    for (const [deviceId, scope] of next.scopes) {
      if (before.get(deviceId) !== scope) this.#listener.onBorn?.(next, deviceId);
    }
  }

  #setTimer(entry: Entry): void {
    const dueMs = nextDueMs(entry.node);
    if (dueMs === entry.dueMs) return;
    entry.cancelTimer();
    entry.dueMs = dueMs;
    if (dueMs === undefined) return;
    entry.cancelTimer = this.#clock.after(Math.max(0, dueMs - this.#clock.monotonicMs()), () => {
      entry.dueMs = undefined;
      this.#step(entry, { type: 'tick', moment: this.#moment() });
    });
  }

  #perform({ key, node }: Entry, effect: HostEffect): void {
    const { groupId, edgeNodeId } = node;
    const descriptor = { groupId, edgeNodeId };
    switch (effect.type) {
      case 'metrics':
        return this.#listener.onMetrics(effect.metrics);
      case 'unstored':
        return this.#listener.onUnstored?.(effect.metrics);
      case 'node-online':
        this.#log.info(`edge node ${key} is online`, { bdSeq: node.bdSeq });
        return this.#listener.onFound(descriptor, { type: 'node-online', bdSeq: node.bdSeq, atMs: effect.atMs });
      case 'node-offline':
        this.#log.info(`edge node ${key} is offline`, { because: effect.because });
        return this.#listener.onFound(descriptor, effect);
      case 'device-online':
      case 'device-offline':
      case 'settled':
        return this.#listener.onFound(descriptor, effect);
      case 'duplicate-node':
        return this.#tellDuplicate(key, effect.isFound);
      case 'request-rebirth':
        this.#log.info(`edge node ${key} is asked for its births`, { because: effect.because });
        return this.#rebirths.add(key, descriptor);
      case 'fault':
        this.#listener.onFault?.(key, effect.reason, effect.detail);
        return this.#faults.add(key, effect.reason, effect.detail);
      default:
        return assertNever(effect);
    }
  }

  #tellDuplicate(key: string, isFound: boolean): void {
    if (isFound) {
      const text = `two programs speak as edge node ${key}: stop one or give it another id; no births are asked for until it ends`;
      this.#log.error(text, { code: 'sparkplug/duplicate-node' });
    } else this.#log.info(`edge node ${key} is one program again`);
    this.#listener.onDuplicate?.(key, isFound);
  }

  #requestRebirth(descriptor: EdgeNodeDescriptor): void {
    const entry = this.#entries.get(nodeKey(descriptor));
    // It was born, or found to be two, while the request waited for its turn.
    if (entry?.node.ask === undefined || entry.node.ask.isAnswered) return;
    this.#rebirthRequestCount += 1;
    const payload = encodeRebirthRequest(this.#clock.nowMs());
    this.#listener.publishCommand(edgeNodeTopic('NCMD', descriptor), payload);
    this.#step(entry, { type: 'asked', moment: this.#moment() });
  }
}
