import type { IngestBroker } from '../../shared/domain/engine-snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { HeldLink, LastMessage } from './held-link.ts';
import { encodeHostState, parseHostState } from './host-state.ts';
import type { LinkRequest, SessionMemory } from './sparkplug-link.ts';
import { type HostId, hostStateTopic } from './topic.ts';

/** A foreign or delayed offline that keeps coming is answered this often, the last one always. */
const REPUBLISH_GAP_MS = 1_000;
/** As long without another sign of a second host, and the alarm ends. */
const ALARM_CALM_MS = 300_000;
/** A clock that is set differs by less; a STATE further ahead of ours was never a clock. */
const PLAUSIBLE_AHEAD_MS = 86_400_000;
/** Kept of our own timestamps: far more than there are brokers. */
const MAX_OWN_TIMESTAMPS = 100;

/** What a person must know of STATE on one broker. */
export type PresenceAlarm = IngestBroker['alarm'];

/**
 * The STATE of this host (sections 2.1 and 2.2). All STATE messages of one MQTT session carry the timestamp T of its
 * Will: edges compare with ≥, so T lets online and offline follow one another, and the Will still counts after
 * the last of them. Only the death on purpose has the time of the disconnect.
 */
export class HostPresence {
  readonly topic: string;
  readonly #memory: SessionMemory;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #key: string;
  readonly #ownTimestamps: Set<number>;
  readonly #onOnlineChanged: (isOnline: boolean) => void;
  #alarm: PresenceAlarm = null;
  #alarmedAtMs = 0;
  #lastMs: number | undefined;
  #sessionMs = 0;
  #link: HeldLink | undefined;
  #canPublish = false;
  /** A STATE of this session has gone out. */
  #hasSpoken = false;
  #isReady = false;
  /** Online has been acknowledged on the present link. */
  #isOnline = false;
  #republishedAtMs = -Infinity;
  #cancelRepublish: (() => void) | undefined;

  constructor(
    hostId: HostId,
    parts: {
      readonly memory: SessionMemory;
      readonly clock: Clock;
      readonly log: Log;
      /** Timestamps are kept per server (tck-id-operational-behavior-host-application-multi-server-timestamp). */
      readonly brokerUrl: string;
      /** Shared by all brokers of this host, to tell our own STATE from that of another host. */
      readonly ownTimestamps: Set<number>;
    },
    onOnlineChanged: (isOnline: boolean) => void,
  ) {
    this.topic = hostStateTopic(hostId);
    this.#memory = parts.memory;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#key = `sparkplug/hostState/${hostId}${parts.brokerUrl === '' ? '' : `@${parts.brokerUrl}`}`;
    this.#ownTimestamps = parts.ownTimestamps;
    this.#onOnlineChanged = onOnlineChanged;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }

  /** Null when all is well, and some minutes after the last sign that it was not. */
  get alarm(): PresenceAlarm {
    const isCalm = this.#clock.monotonicMs() - this.#alarmedAtMs >= ALARM_CALM_MS;
    return isCalm ? null : this.#alarm;
  }

  /**
   * A new T, later than all before even when the clock has been set back, remembered before CONNECT; and its Will.
   * Where someone has used the last number that JSON carries exactly, T stays there: edges compare with ≥ and hear us.
   */
  async toWill(): Promise<LinkRequest['will']> {
    this.#lastMs ??= await this.#readLast();
    this.#sessionMs = Math.min(Number.MAX_SAFE_INTEGER, Math.max(this.#clock.nowMs(), this.#lastMs + 1));
    this.#noteOwn(this.#sessionMs);
    await this.#remember(this.#sessionMs);
    return { topic: this.topic, payload: this.#encode(false), qos: 1, retain: true };
  }

  /** From now on STATE messages of this link are judged; nothing is published yet. */
  attach(link: HeldLink): void {
    this.#link = link;
    this.#canPublish = false;
    this.#hasSpoken = false;
  }

  /** The subscriptions stand: the first message of the session goes out (tck-id-host-topic-phid-birth-message). */
  begins(): void {
    this.#canPublish = true;
    if (this.#isReady) this.#announce();
  }

  /** The link is gone or about to end; its echoes mean nothing any more (spec issue 539). */
  detach(): void {
    this.#link = undefined;
    this.#cancelRepublish?.();
    this.#cancelRepublish = undefined;
    this.#setOnline(false);
  }

  setReady(isReady: boolean): void {
    if (this.#isReady === isReady) return;
    this.#isReady = isReady;
    this.#announce();
  }

  /** The death on purpose: time of the disconnect (tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean). */
  async toLastMessage(): Promise<LastMessage> {
    const timestampMs = Math.max(this.#clock.nowMs(), this.#sessionMs);
    this.#noteOwn(timestampMs);
    await this.#remember(timestampMs);
    return { topic: this.topic, payload: encodeHostState({ isOnline: false, timestampMs }), isRetained: true };
  }

  /** A STATE message on our own topic: ours, its echo, or that of someone who uses our id. */
  onState(payload: Uint8Array, isRetained: boolean): void {
    const state = parseHostState(payload);
    const link = this.#link;
    if (state && state.timestampMs > this.#sessionMs) {
      const isOurs = this.#ownTimestamps.has(state.timestampMs);
      // Two addresses of one broker: what we said over the other one is as good as what we would say here.
      if (isOurs && state.isOnline) return;
      // Edges would take our T for older than this: only a new session with a later one is heard by them.
      this.#lastMs = Math.max(this.#lastMs ?? 0, state.timestampMs);
      const text = `STATE of ${this.topic} has a later timestamp than ours; is another host using this id?`;
      if (!isOurs) this.#raiseAlarm(state.timestampMs);
      link?.fail(new EngineError('sparkplug/host-id-taken', text));
      return;
    }
    // An earlier session was not ended by its Will, as when the broker fell with it: edges would wait for nobody.
    if (isRetained && state?.isOnline && link && !this.#isReady && !this.#hasSpoken) {
      this.#say(link, false);
      return;
    }
    // What the broker kept is the end of an earlier session, not of this one.
    if (isRetained || !state || state.isOnline || !link || !this.#isReady) return;
    this.#republish();
  }

  #raiseAlarm(timestampMs: number): void {
    const { topic } = this;
    const nowMs = this.#clock.nowMs();
    this.#log.error('a STATE of our host id is newer than ours; another host may use it', { topic, timestampMs });
    const aheadMs = timestampMs - nowMs;
    const found =
      aheadMs > PLAUSIBLE_AHEAD_MS
        ? {
            code: 'sparkplug/host-state-ahead',
            text: `Somebody published ${topic} with a time ${Math.floor(aheadMs / 86_400_000)} days ahead; this host goes on from there`,
          }
        : { code: 'sparkplug/host-id-taken', text: `Another program publishes ${topic}, the STATE of this host` };
    const sinceMs = this.alarm?.code === found.code ? this.alarm.sinceMs : nowMs;
    this.#alarm = { ...found, sinceMs };
    this.#alarmedAtMs = this.#clock.monotonicMs();
  }

  #noteOwn(timestampMs: number): void {
    this.#ownTimestamps.add(timestampMs);
    const [oldest] = this.#ownTimestamps;
    if (oldest !== undefined && this.#ownTimestamps.size > MAX_OWN_TIMESTAMPS) this.#ownTimestamps.delete(oldest);
  }

  #republish(): void {
    if (this.#cancelRepublish) return;
    const waitMs = this.#republishedAtMs + REPUBLISH_GAP_MS - this.#clock.monotonicMs();
    const publish = (): void => {
      this.#cancelRepublish = undefined;
      this.#republishedAtMs = this.#clock.monotonicMs();
      this.#announce();
    };
    if (waitMs <= 0) publish();
    else this.#cancelRepublish = this.#clock.after(waitMs, publish);
  }

  #announce(): void {
    const link = this.#link;
    if (!link || !this.#canPublish) return;
    if (!this.#isReady) this.#setOnline(false);
    // The first message of a session is its birth (tck-id-host-topic-phid-birth-message).
    if (this.#isReady || this.#hasSpoken) this.#say(link, this.#isReady);
  }

  #say(link: HeldLink, isOnline: boolean): void {
    this.#hasSpoken = true;
    const published = link.publish(this.topic, this.#encode(isOnline), 1, true);
    published.then(
      () => {
        if (link === this.#link && isOnline && this.#isReady) this.#setOnline(true);
      },
      // A failed publish ends the link, which is told there.
      () => {},
    );
  }

  #setOnline(isOnline: boolean): void {
    if (this.#isOnline === isOnline) return;
    this.#isOnline = isOnline;
    this.#log.info(isOnline ? 'STATE online is published' : 'STATE is not online any more', { topic: this.topic });
    this.#onOnlineChanged(isOnline);
  }

  #encode(isOnline: boolean): string {
    return encodeHostState({ isOnline, timestampMs: this.#sessionMs });
  }

  async #readLast(): Promise<number> {
    try {
      const last = Number(await this.#memory.readSetting(this.#key));
      return Number.isSafeInteger(last) && last > 0 ? last : 0;
    } catch (error) {
      this.#log.warn('the last STATE timestamp could not be read', { error: describeError(error) });
      return 0;
    }
  }

  async #remember(timestampMs: number): Promise<void> {
    this.#lastMs = timestampMs;
    try {
      await this.#memory.writeSetting(this.#key, String(timestampMs));
    } catch (error) {
      this.#log.warn('the STATE timestamp could not be remembered', { error: describeError(error) });
    }
  }
}
