import { createHostNode, type HostNode, type IncomingMessage, type Moment } from '../../sparkplug/host-node.ts';
import { type HostInput, nextDueMs, step } from '../../sparkplug/host-session.ts';
import { toEdgeNodeDescriptor } from '../../sparkplug/topic.ts';
import { EdgeNodeStream, toIncoming } from '../edge-node-stream.ts';
import { count } from './examine-payload.ts';
import type { Random } from './random.ts';

const RULES = { reorderTimeoutMs: 2_000 };
const NODE_VERBS = ['NBIRTH', 'NDATA', 'NDATA', 'NDATA', 'NDEATH'] as const;
const DEVICE_VERBS = ['DBIRTH', 'DDATA', 'DDATA', 'DDATA', 'DDEATH'] as const;
/** Damaged messages between two proofs that the host still hears. */
const TALK_LENGTH = 50;

/** An edge node that keeps its rules, on a line that does not: damaged messages come between its own. */
export class HostTalk {
  /** Effects by type, faults by reason. */
  readonly effects = new Map<string, number>();
  readonly #random: Random;
  #edge: EdgeNodeStream;
  #node: HostNode;
  #monotonicMs = 0;
  #talked = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#edge = new EdgeNodeStream(random.below(256));
    this.#node = createHostNode(toEdgeNodeDescriptor('plant', 'line'));
    this.#bear();
  }

  /** Throws where the host does, and where it does not hear a valid session afterwards. */
  receive(bytes: Buffer): void {
    const random = this.#random;
    if (random.isOneIn(4)) this.#take(this.#edge.data('press', 'speed', this.#talked));
    const isOfNode = random.isOneIn(2);
    const verb = random.pick(isOfNode ? NODE_VERBS : DEVICE_VERBS);
    const deviceId = isOfNode ? null : random.pick(['press', 'press', 'oven']);
    this.#take(toIncoming(verb, deviceId, bytes, random.isOneIn(20)));
    this.#monotonicMs += random.below(500);
    const dueMs = nextDueMs(this.#node);
    if (dueMs !== undefined && dueMs <= this.#monotonicMs) this.#step({ type: 'tick', moment: this.#moment() });
    this.#talked += 1;
    if (this.#talked % TALK_LENGTH === 0) this.#prove();
  }

  /** A birth ends all doubt about the node; after the loss of the link nothing at all is left of the past. */
  #prove(): void {
    this.#edge = new EdgeNodeStream(this.#random.below(256));
    this.#take(this.#edge.nodeBirth(['load', `session ${this.#talked}`]));
    if (!this.#node.isOnline) throw new Error('the host does not hear the NBIRTH of a new session');
    this.#step({ type: 'link-lost', moment: this.#moment() });
    this.#edge = new EdgeNodeStream(this.#random.below(256));
    this.#bear();
    const heard = this.#take(this.#edge.data('press', 'speed', this.#talked));
    if (!heard.includes(this.#talked)) throw new Error('the host does not hear the data of a new session');
  }

  #bear(): void {
    this.#take(this.#edge.nodeBirth(['load', 'power']));
    this.#take(this.#edge.deviceBirth('press', ['speed', 'count']));
  }

  #moment(): Moment {
    return { nowMs: 1_764_000_000_000 + this.#monotonicMs, monotonicMs: this.#monotonicMs, chance: 0.5 };
  }

  /** Returns the values that the host passed on. */
  #take(message: IncomingMessage): readonly unknown[] {
    return this.#step({ type: 'message', message, moment: this.#moment() });
  }

  #step(input: HostInput): readonly unknown[] {
    const { next, effects } = step(this.#node, input, RULES);
    this.#node = next;
    for (const effect of effects) count(this.effects, effect.type === 'fault' ? effect.reason : effect.type);
    return effects.flatMap((effect) => (effect.type === 'metrics' ? effect.metrics.map(({ value }) => value) : []));
  }
}
