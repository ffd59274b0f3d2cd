import { readCommand } from '../../sparkplug/edge-node-commands.ts';
import {
  createEdgeNodeSession,
  type EdgeNodeInput,
  type EdgeNodeSession,
  step,
  takeSeq,
} from '../../sparkplug/edge-node-session.ts';
import { parseHostState } from '../../sparkplug/host-state.ts';
import { count } from './examine-payload.ts';

/** Our clock: every time of a STATE can be right. */
const NOW_MS = Number.MAX_SAFE_INTEGER;

/** A born edge node with a primary host, to which damaged commands and damaged STATE are said. */
export class EdgeNodeTalk {
  /** What the commands were taken for, and the states that were believed. */
  readonly commands = new Map<string, number>();
  #session: EdgeNodeSession = createEdgeNodeSession({ hasPrimaryHost: true, brokerCount: 1 });
  #monotonicMs = 0;
  #stateMs = 0;

  constructor() {
    this.#step({ type: 'start', nextBdSeq: 0, hostTimestampsMs: new Map() });
    this.#bear();
  }

  /** Throws where the edge node does, and where a message other than a valid STATE ends its session. */
  receive(bytes: Buffer): void {
    this.#monotonicMs += 100;
    const command = readCommand({ topic: 'NCMD', payload: bytes, isRetained: false }, null, undefined);
    const [first] = command.metrics;
    count(this.commands, command.isRebirthAsked ? 'rebirth' : first?.phase === 'refused' ? first.reason : 'nothing');
    if (command.isRebirthAsked) this.#step({ type: 'rebirth-requested', monotonicMs: this.#monotonicMs });
    this.#step({ type: 'rebirth-due', monotonicMs: this.#monotonicMs });
    const taken = takeSeq(this.#session);
    if (taken === undefined) throw new Error('a command ended the session');
    this.#session = taken.next;
    const state = parseHostState(bytes);
    if (state === undefined) return;
    count(this.commands, state.isOnline ? 'host online' : 'host offline');
    this.#step({ type: 'host-state', ...state, nowMs: NOW_MS, monotonicMs: this.#monotonicMs });
    this.#stateMs = Math.max(this.#stateMs, state.timestampMs);
    if (this.#session.phase !== 'born') this.#bear();
  }

  #bear(): void {
    const { isOnline, timestampMs } = { isOnline: true, timestampMs: this.#stateMs };
    this.#step({ type: 'connect-due' });
    this.#step({ type: 'link-open' });
    this.#step({ type: 'host-state', isOnline, timestampMs, nowMs: NOW_MS, monotonicMs: this.#monotonicMs });
    this.#step({ type: 'subscribed', monotonicMs: this.#monotonicMs });
    if (this.#session.phase !== 'born') throw new Error(`the edge node is ${this.#session.phase}, not born`);
  }

  #step(input: EdgeNodeInput): void {
    this.#session = step(this.#session, input).next;
  }
}
