import { assertNever } from '../../shared/domain/assert-never.ts';
import type { EdgeSession } from '../../shared/domain/engine-snapshot.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { backoffDelayMs } from '../platform/backoff.ts';
import { within } from '../platform/clock.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { BdSeqMemory } from './bdseq-memory.ts';
import { ConnectionTracker, toLinkClosed } from './connection-tracker.ts';
import type { EdgeNodeParts, EdgeNodeRunner, EdgeNodeSnapshot, SendOutcome } from './edge-node.ts';
import { parseEdgeNodeCommand } from './edge-node-commands.ts';
import { EdgeNodePublisher } from './edge-node-publisher.ts';
import {
  createEdgeNodeSession,
  type EdgeNodeEffect,
  type EdgeNodeInput,
  type EdgeNodeSession,
} from './edge-node-session.ts';
import { step, takeSeq } from './edge-node-session.ts';
import type { HeldLink } from './held-link.ts';
import { parseHostState } from './host-state.ts';
import { LinkHolder } from './link-holder.ts';
import type { LinkClosed, LinkMessage, SparkplugLink } from './sparkplug-link.ts';
import { edgeNodeTopic, hostStateTopic, toHostId } from './topic.ts';

/** The first try comes within a second: a primary host that has just come back is waiting for the births. */
const RETRY = { firstMs: 1_000, maxMs: 30_000 };
/** How long a broker may stay without any word of the primary host before the next one of the list is tried. */
const HOST_WAIT_MS = 15_000;
const STOP_LIMIT_MS = 2_000;

/** Makes the runner; nothing happens before `start`. Throws `sparkplug/illegal-id` for an illegal host id. */
export const createEdgeNodeRunner = (parts: EdgeNodeParts): EdgeNodeRunner => new LinkedEdgeNode(parts);

class LinkedEdgeNode implements EdgeNodeRunner {
  readonly #parts: EdgeNodeParts;
  readonly #tracker: ConnectionTracker;
  readonly #publisher: EdgeNodePublisher;
  readonly #holder: LinkHolder;
  readonly #stateTopic: string | undefined;
  readonly #commandTopic: string;
  readonly #bdSeqs: BdSeqMemory;
  readonly #sessionChanged = new EventSource<{ readonly session: EdgeSession }>();
  readonly #born = new EventSource<void>();
  readonly #deviceBorn = new EventSource<string>();
  readonly #hostOnlineChanged = new EventSource<boolean>();
  readonly #inputs: EdgeNodeInput[] = [];
  #isStepping = false;
  #isStarted = false;
  #session: EdgeNodeSession;
  #failure: LinkClosed = { code: 'sparkplug/not-tried', text: 'not tried yet' };
  /** The next connection, rebirth or change of broker; a change of phase ends it. */
  #cancelTimer = (): void => {};

  constructor(parts: EdgeNodeParts) {
    const { descriptor, primaryHostId, brokerCount, clock } = parts;
    this.#parts = parts;
    this.#tracker = new ConnectionTracker(clock);
    this.#publisher = new EdgeNodePublisher(parts, () => this.#takeSeq());
    this.#holder = new LinkHolder(clock, parts.log, {
      onOpen: () => this.#dispatch({ type: 'link-open' }),
      onOpenFailed: (error) => this.#onOpenFailed(error),
      onMessage: (message) => this.#onMessage(message),
      onLost: (reason) => this.#onLost(reason),
    });
    this.#stateTopic = primaryHostId === null ? undefined : hostStateTopic(toHostId(primaryHostId));
    this.#commandTopic = edgeNodeTopic('NCMD', descriptor);
    this.#bdSeqs = new BdSeqMemory(parts.memory, descriptor, parts.log);
    this.#session = createEdgeNodeSession({ hasPrimaryHost: primaryHostId !== null, brokerCount });
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#tracker.connecting(1);
    void this.#begin();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#dispatch({ type: 'stop' });
    this.#holder.end();
    this.#tracker.stopped();
    const tooSlow = (): Error => new EngineError('sparkplug/stop-too-slow', 'the broker took longer than we may wait');
    try {
      await within(this.#parts.clock, STOP_LIMIT_MS, this.#holder.settled(), tooSlow);
    } catch (error) {
      this.#parts.log.warn('the edge node did not end in time', { error: describeError(error) });
    }
  }

  async send<Row extends MetricChange>(rows: readonly Row[], isHistorical: boolean): Promise<SendOutcome<Row>> {
    const { link } = this.#holder;
    if (this.#session.phase !== 'born' || !link) return { notTaken: rows, poisoned: [] };
    return this.#publisher.publishRows(link, rows, isHistorical);
  }

  async barrier(): Promise<void> {
    const { link } = this.#holder;
    if (!link) throw new EngineError('sparkplug/no-link', 'the edge node has no connection to a broker');
    const passed = this.#publisher.sizes.barrierAsked();
    await link.barrier();
    passed();
  }

  deviceOnlineChanged(deviceId: string, isOnline: boolean, atMs: number): void {
    this.#dispatch({ type: 'device-changed', deviceId, isOnline, atMs });
  }

  dropLink(why: Error): void {
    this.#holder.link?.fail(why);
  }

  onSessionChanged(listener: (event: { readonly session: EdgeSession }) => void): () => void {
    return this.#sessionChanged.on(listener);
  }

  onBorn(listener: () => void): () => void {
    return this.#born.on(listener);
  }

  onDeviceBorn(listener: (deviceId: string) => void): () => void {
    return this.#deviceBorn.on(listener);
  }

  onHostOnlineChanged(listener: (isOnline: boolean) => void): () => void {
    return this.#hostOnlineChanged.on(listener);
  }

  snapshot(): EdgeNodeSnapshot {
    const session = this.#session;
    return {
      session: session.phase,
      connection: this.#tracker.state,
      sentMessageCount: this.#publisher.sentMessageCount,
      brokerIndex: session.brokerIndex,
      bdSeq: session.phase === 'offline' ? null : session.bdSeq,
    };
  }

  async #begin(): Promise<void> {
    const nextBdSeq = await this.#bdSeqs.readNext();
    if (this.#isStarted) this.#dispatch({ type: 'start', nextBdSeq });
  }

  /** Inputs are taken one after the other, also those that an effect causes. */
  #dispatch(input: EdgeNodeInput): void {
    this.#inputs.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#take(next);
    } finally {
      this.#isStepping = false;
    }
  }

  #take(input: EdgeNodeInput): void {
    const before = this.#session.phase;
    const { next, effects } = step(this.#session, input);
    this.#session = next;
    if (next.phase !== before) this.#cancelTimer();
    for (const effect of effects) this.#perform(effect);
    if (next.phase === before) return;
    this.#parts.log.info(`the edge node is ${next.phase}`, { broker: next.brokerIndex, because: input.type });
    this.#sessionChanged.emit({ session: next.phase });
  }

  #perform(effect: EdgeNodeEffect): void {
    switch (effect.type) {
      case 'connect':
        this.#tracker.connecting(this.#session.attempt);
        return this.#holder.open(() => this.#open(effect.brokerIndex, effect.bdSeq));
      case 'connect-later':
        return this.#connectLater(effect.attempt);
      case 'subscribe':
        this.#tracker.connected();
        return this.#withLink((link) => void this.#subscribe(link));
      case 'wait-for-host':
        return this.#later(HOST_WAIT_MS, () => this.#dispatch({ type: 'host-wait-over' }));
      case 'rebirth-later':
        return this.#later(effect.delayMs, () => this.#dispatch({ type: 'rebirth-due', ...this.#now() }));
      case 'publish-births':
        return this.#withLink((link) => {
          this.#publisher.publishBirths(link, effect.bdSeq);
          this.#born.emit();
        });
      case 'publish-device-birth':
        return this.#withLink((link) => {
          if (this.#publisher.publishDeviceBirth(link, effect.deviceId)) this.#deviceBorn.emit(effect.deviceId);
        });
      case 'publish-device-death':
        return this.#withLink((link) => this.#publisher.publishDeviceDeath(link, effect.deviceId, effect.atMs));
      case 'host-online-changed':
        return this.#hostOnlineChanged.emit(effect.isOnline);
      case 'end-link':
        return this.#endLink(effect.deathBdSeq, effect.why);
      default:
        return assertNever(effect);
    }
  }

  /** A birth that cannot be made ends the link: data without its birth would be read under wrong names. */
  #withLink(action: (link: HeldLink) => void): void {
    const { link } = this.#holder;
    if (!link) return;
    try {
      action(link);
    } catch (error) {
      link.fail(error);
    }
  }

  async #open(brokerIndex: number, bdSeq: number): Promise<SparkplugLink> {
    const { openLink, keepAliveS, descriptor } = this.#parts;
    await this.#bdSeqs.remember(bdSeq);
    // Derived from the descriptor, so that the broker ends a second node of this name instead of mixing the two.
    const clientId = `${descriptor.groupId}/${descriptor.edgeNodeId}`;
    return openLink(brokerIndex, { clientId, keepAliveS, will: this.#publisher.toWill(bdSeq) });
  }

  #onOpenFailed(error: unknown): void {
    this.#failure = toLinkClosed(error);
    this.#parts.log.warn('no connection to the broker', { broker: this.#session.brokerIndex, ...this.#failure });
    const isConnectSent = !isEngineError(error, 'mqtt/unreachable') && !isEngineError(error, 'mqtt/dns');
    this.#dispatch({ type: 'connect-failed', isConnectSent });
  }

  #onLost(reason: LinkClosed): void {
    this.#failure = reason;
    this.#publisher.sizes.closed();
    this.#parts.log.warn('the connection to the broker is lost', { broker: this.#session.brokerIndex, ...reason });
    this.#dispatch({ type: 'link-lost', ...this.#now() });
  }

  /** NCMD and STATE before any birth: a rebirth request or a word of the host in between would be missed. */
  async #subscribe(link: HeldLink): Promise<void> {
    const filters = [this.#commandTopic, ...(this.#stateTopic === undefined ? [] : [this.#stateTopic])];
    try {
      await link.subscribe(filters);
      if (link.isHeld) this.#dispatch({ type: 'subscribed', ...this.#now() });
    } catch (error) {
      link.fail(error);
    }
  }

  #connectLater(attempt: number): void {
    const { clock, random } = this.#parts;
    const delayMs = backoffDelayMs(RETRY, attempt, random);
    this.#tracker.away(this.#failure, clock.nowMs() + delayMs);
    this.#later(delayMs, () => this.#dispatch({ type: 'connect-due' }));
  }

  #later(delayMs: number, action: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#parts.clock.after(delayMs, action);
  }

  #endLink(deathBdSeq: number | null, why: 'host-offline' | 'stopped'): void {
    const hostName = this.#parts.primaryHostId ?? 'none';
    if (why === 'host-offline') {
      this.#failure = { code: 'sparkplug/host-offline', text: `primary host ${hostName} is offline; start its ingest` };
    }
    this.#holder.end(deathBdSeq === null ? undefined : this.#publisher.toLastMessage(deathBdSeq));
  }

  #onMessage({ topic, payload, isRetained }: LinkMessage): void {
    const { log } = this.#parts;
    if (topic === this.#stateTopic) {
      const state = parseHostState(payload);
      if (state) this.#dispatch({ type: 'host-state', ...state, ...this.#now() });
      else log.warn('a STATE message is not readable and was ignored', { topic, sizeBytes: payload.length });
      return;
    }
    // A command that the broker kept must not act when the node comes back days later.
    if (topic !== this.#commandTopic || isRetained) return;
    const command = parseEdgeNodeCommand(payload);
    if (command.kind === 'rebirth') this.#dispatch({ type: 'rebirth-requested', ...this.#now() });
    else log.warn('a command was not carried out', { topic, ...command });
  }

  #now(): { readonly monotonicMs: number } {
    return { monotonicMs: this.#parts.clock.monotonicMs() };
  }

  #takeSeq(): number {
    const taken = takeSeq(this.#session);
    if (!taken) throw new EngineError('sparkplug/not-born', 'no message has a seq while the edge node is not born');
    this.#session = taken.next;
    return taken.seq;
  }
}
