import { assertNever } from '../../shared/domain/assert-never.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { backoffDelayMs } from '../platform/backoff.ts';
import { within } from '../platform/clock.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import { BdSeqMemory } from './bdseq-memory.ts';
import { ConnectionTracker, toLinkClosed } from './connection-tracker.ts';
import type { EdgeNodeParts, EdgeNodeRunner, EdgeNodeSnapshot, SendOutcome } from './edge-node.ts';
import type { BornScope } from './edge-node-births.ts';
import type { EdgeNodeCommand } from './edge-node-commands.ts';
import { EdgeNodeEvents } from './edge-node-events.ts';
import { EdgeNodeInbox } from './edge-node-inbox.ts';
import { EdgeNodePublisher } from './edge-node-publisher.ts';
import { holdsData } from './edge-node-rebirth-rules.ts';
import {
  createEdgeNodeSession,
  type EdgeNodeEffect,
  type EdgeNodeInput,
  type EdgeNodeSession,
} from './edge-node-session.ts';
import { step, takeSeq } from './edge-node-session.ts';
import { explainLoss } from './explain-loss.ts';
import type { HeldLink } from './held-link.ts';
import { HostTimeMemory } from './host-time-memory.ts';
import { LinkHolder } from './link-holder.ts';
import { SessionTimers } from './session-timers.ts';
import type { LinkClosed, SparkplugLink } from './sparkplug-link.ts';

/**
 * The first try comes within a second: a primary host that has just come back is waiting for the births. The longest
 * wait leaves room for what follows it: values flow again within 30 s after any fault.
 */
const RETRY = { firstMs: 1_000, maxMs: 15_000 };
/** How long a broker may stay without any word of the primary host before the next one of the list is tried. */
const HOST_WAIT_MS = 15_000;
const STOP_LIMIT_MS = 2_000;

/** Makes the runner; nothing happens before `start`. Throws `sparkplug/illegal-id` for an illegal host id. */
export const createEdgeNodeRunner = (parts: EdgeNodeParts): EdgeNodeRunner => new LinkedEdgeNode(parts);

class LinkedEdgeNode extends EdgeNodeEvents implements EdgeNodeRunner {
  readonly #parts: EdgeNodeParts;
  readonly #tracker: ConnectionTracker;
  readonly #publisher: EdgeNodePublisher;
  readonly #holder: LinkHolder;
  readonly #inbox: EdgeNodeInbox;
  readonly #timers: SessionTimers;
  readonly #bdSeqs: BdSeqMemory;
  readonly #hostTimes: HostTimeMemory | undefined;
  readonly #inputs: EdgeNodeInput[] = [];
  #isStepping = false;
  #isStarted = false;
  #session: EdgeNodeSession;
  #failure: LinkClosed = { code: 'sparkplug/not-tried', text: 'not tried yet' };

  constructor(parts: EdgeNodeParts) {
    super();
    const { descriptor, primaryHostId, brokerUrls, memory, clock, log } = parts;
    this.#parts = parts;
    this.#tracker = new ConnectionTracker(clock);
    this.#timers = new SessionTimers(clock);
    this.#publisher = new EdgeNodePublisher(parts, () => this.#takeSeq());
    const scopeOf = (deviceId: string | null): BornScope | undefined =>
      this.#session.phase === 'born' ? this.#publisher.scopeOf(deviceId) : undefined;
    this.#inbox = new EdgeNodeInbox(parts, scopeOf, {
      onHostState: (state) => this.#dispatch({ type: 'host-state', ...state, nowMs: clock.nowMs(), ...this.#now() }),
      onCommand: (command) => this.#onCommand(command),
    });
    this.#holder = new LinkHolder(clock, log, {
      onOpen: () => this.#dispatch({ type: 'link-open' }),
      onOpenFailed: (error) => this.#onOpenFailed(error),
      onMessage: (message) => this.#inbox.take(message),
      onLost: (reason) => this.#onLost(reason),
    });
    this.#bdSeqs = new BdSeqMemory(memory, descriptor, log);
    if (primaryHostId !== null) this.#hostTimes = new HostTimeMemory(memory, primaryHostId, brokerUrls, log);
    const rules = { hasPrimaryHost: primaryHostId !== null, brokerCount: brokerUrls.length };
    this.#session = createEdgeNodeSession(rules);
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
    if (this.#session.phase !== 'born' || holdsData(this.#session) || !link) return { notTaken: rows, poisoned: [] };
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
    this.#dispatch({ type: 'device-changed', deviceId, isOnline, atMs, ...this.#now() });
  }

  forgetHost(): void {
    this.#dispatch({ type: 'forget-host' });
  }

  dropLink(why: Error): void {
    this.#holder.link?.fail(why);
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
    const hostTimestampsMs = (await this.#hostTimes?.read(this.#parts.clock.nowMs())) ?? new Map<number, number>();
    if (this.#isStarted) this.#dispatch({ type: 'start', nextBdSeq, hostTimestampsMs });
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
    if (next.phase !== before) this.#timers.cancelAll();
    for (const effect of effects) this.#perform(effect);
    if (next.phase === before) return;
    this.#parts.log.info(`the edge node is ${next.phase}`, { broker: next.brokerIndex, because: input.type });
    this.sessionChanged.emit({ session: next.phase });
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
      case 'subscribe-host':
        return this.#withLink(
          (link) => void this.#inbox.subscribeHost(link).catch((error: unknown) => link.fail(error)),
        );
      case 'remember-host':
        return this.#hostTimes?.remember(effect.brokerIndex, effect.timestampMs);
      case 'forget-hosts':
        return this.#hostTimes?.forget();
      case 'tell-old-host':
        return this.#inbox.tellOldHost(effect);
      case 'wait-for-host':
        return this.#timers.set('next', HOST_WAIT_MS, () => this.#dispatch({ type: 'host-wait-over' }));
      case 'rebirth-later':
        return this.#timers.set('next', effect.delayMs, () => this.#dispatch({ type: 'rebirth-due', ...this.#now() }));
      case 'device-rebirth-later': {
        const { deviceId, delayMs } = effect;
        const due = (): void => this.#dispatch({ type: 'device-rebirth-due', deviceId, ...this.#now() });
        return this.#timers.set(`device ${deviceId}`, delayMs, due);
      }
      case 'publish-births':
        return this.#withLink((link) => {
          this.#publisher.publishBirths(link, effect.bdSeq);
          this.born.emit();
        });
      case 'publish-device-birth':
        return this.#withLink((link) => {
          if (this.#publisher.publishDeviceBirth(link, effect.deviceId)) this.deviceBorn.emit(effect.deviceId);
        });
      case 'publish-device-death':
        return this.#withLink((link) => this.#publisher.publishDeviceDeath(link, effect.deviceId, effect.atMs));
      case 'host-online-changed':
        return this.hostOnlineChanged.emit(effect.isOnline);
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

  #onLost(seen: LinkClosed): void {
    const reason = explainLoss(seen, this.#session, this.#parts.descriptor, this.#parts.clock.monotonicMs());
    this.#failure = reason;
    this.#publisher.sizes.closed();
    this.#parts.log.warn('the connection to the broker is lost', { broker: this.#session.brokerIndex, ...reason });
    this.#dispatch({ type: 'link-lost', ...this.#now() });
  }

  async #subscribe(link: HeldLink): Promise<void> {
    try {
      await this.#inbox.subscribe(link);
      if (link.isHeld) this.#dispatch({ type: 'subscribed', ...this.#now() });
    } catch (error) {
      link.fail(error);
    }
  }

  #connectLater(attempt: number): void {
    const { clock, random } = this.#parts;
    const delayMs = backoffDelayMs(RETRY, attempt, random);
    this.#tracker.away(this.#failure, clock.nowMs() + delayMs);
    this.#timers.set('next', delayMs, () => this.#dispatch({ type: 'connect-due' }));
  }

  #endLink(deathBdSeq: number | null, why: 'host-offline' | 'stopped'): void {
    const hostName = this.#parts.primaryHostId ?? 'none';
    if (why === 'host-offline') {
      this.#failure = { code: 'sparkplug/host-offline', text: `primary host ${hostName} is offline; start its ingest` };
    }
    this.#holder.end(deathBdSeq === null ? undefined : this.#publisher.toLastMessage(deathBdSeq));
  }

  /** Writes are told before births: the birth that answers stands behind what was asked with it. */
  #onCommand(command: EdgeNodeCommand): void {
    const { deviceId, isRebirthAsked } = command;
    this.commanded.emit(command);
    if (!isRebirthAsked) return;
    if (deviceId === null) this.#dispatch({ type: 'rebirth-requested', ...this.#now() });
    else if (this.#publisher.scopeOf(deviceId) !== undefined) {
      this.#dispatch({ type: 'device-rebirth-requested', deviceId, ...this.#now() });
    }
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
