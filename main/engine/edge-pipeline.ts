import type { ServerSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { MetricChange, Sample } from '../../shared/domain/metric.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { Lifetime } from '../platform/lifetime.ts';
import type { Log } from '../platform/log.ts';
import { RateMeter } from '../platform/rate-meter.ts';
import type { LiveImage } from './live-image.ts';
import type { Observation } from './observation.ts';
import { ObservedUntil } from './observed-until.ts';
import type { ChangeForwarder, ChangeStore, ChangeWriter, EdgeNode, SampleSource } from './ports.ts';

/** Last moment at which the program ran; from then on its devices count as unobserved at the next start. */
const LAST_ALIVE = 'lastAliveMs';
const ALIVE_EVERY_MS = 1_000;
const STOP_FLUSH_LIMIT_MS = 1_500;
/** Longer than a group commit and a send take: rows of a device whose DDEATH is out wait for its next birth. */
const DEATH_AFTER_MS = 1_500;

export interface NamedSource {
  readonly serverId: string;
  readonly source: SampleSource;
}

export interface EdgeParts {
  /** Those of now: the list itself changes when a server comes or goes. */
  readonly sources: readonly NamedSource[];
  readonly mapping: Mapping;
  readonly image: LiveImage;
  readonly observation: Observation;
  readonly store: ChangeStore;
  readonly writer: ChangeWriter;
  readonly forwarder: ChangeForwarder;
  readonly edgeNode: EdgeNode;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * From the servers to the broker: sample → mapping → write-ahead append → forwarder → edge-node session.
 * A change is sent only after it is committed; nothing here decides, it passes facts between the stages.
 */
export class EdgePipeline {
  readonly storedRate: RateMeter;
  readonly #parts: EdgeParts;
  readonly #lifetime = new Lifetime();
  readonly #sampleRates = new Map<string, RateMeter>();
  readonly #isConnected = new Map<string, boolean>();
  /** Of each source that runs. */
  readonly #running = new Map<string, Lifetime>();
  readonly #observedUntil: ObservedUntil;
  #isStopping = false;

  constructor(parts: EdgeParts) {
    this.#parts = parts;
    this.storedRate = new RateMeter(parts.clock);
    this.#observedUntil = new ObservedUntil(parts, parts.clock.nowMs());
  }

  async start(): Promise<void> {
    const { store, observation, writer, forwarder, edgeNode, sources, clock, log } = this.#parts;
    const lastAlive = await store.readSetting(LAST_ALIVE);
    this.#store(observation.resume(lastAlive === undefined ? undefined : Number(lastAlive)));
    // Before the first value: a start that is cut short at once must leave behind since when something is missing.
    await this.#markAlive();

    const lifetime = this.#lifetime;
    lifetime.own(
      'writer events',
      writer.committed.on(({ lastRowId, count }) => {
        this.storedRate.count(count);
        forwarder.rowsCommitted(lastRowId);
      }),
    );
    lifetime.own(
      'session events',
      edgeNode.onSessionChanged(({ session }) => {
        if (session !== 'born') forwarder.sessionEnded();
      }),
    );
    lifetime.own(
      'birth events',
      edgeNode.onBorn(() => forwarder.sessionBorn()),
    );
    lifetime.own(
      'device events',
      edgeNode.onDeviceBorn((deviceId) => forwarder.deviceBorn(deviceId)),
    );
    lifetime.own(
      'host events',
      edgeNode.onHostOnlineChanged((isOnline) => forwarder.hostOnlineChanged(isOnline)),
    );
    // A broker that hangs for less than the keep-alive time keeps its connection: only a new birth sends again.
    lifetime.own(
      'stalls',
      forwarder.stalled.on(({ reason, text }) =>
        edgeNode.dropLink(new EngineError(`store-and-forward/${reason}`, text)),
      ),
    );
    lifetime.own('edge node', () => edgeNode.stop());
    lifetime.own('forwarder', async () => {
      await forwarder.flush(STOP_FLUSH_LIMIT_MS);
      await forwarder.stop();
    });
    lifetime.own('writer', async () => {
      const lostCount = await writer.close(STOP_FLUSH_LIMIT_MS);
      if (lostCount > 0) log.error('changes could not be stored before the stop', { lostCount });
      else await this.#observedUntil.markEnd();
    });
    edgeNode.start();
    lifetime.own('sources', () => this.#endSources());
    for (const named of sources) this.startSource(named);
    lifetime.own(
      'alive mark',
      clock.every(ALIVE_EVERY_MS, () => void this.#markAlive()),
    );
  }

  /** Sources first, then what they gave is stored and sent as far as it goes, then NDEATH. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    // Of now: nothing is observed while the rest is flushed, and the next start reads history from here on.
    const observedUntilMs = this.#parts.clock.nowMs();
    await this.#lifetime.end();
    await this.#parts.store.writeSetting(LAST_ALIVE, String(observedUntilMs));
  }

  serverSnapshots(): ServerSnapshot[] {
    return this.#parts.sources.map(({ serverId, source }) => {
      const facts = source.snapshot();
      return {
        ...facts,
        badTags: [...facts.badTags],
        changesPerS: this.#sampleRates.get(serverId)?.perS() ?? 0,
      };
    });
  }

  isServerConnected(serverId: string): boolean {
    return this.#isConnected.get(serverId) ?? false;
  }

  /** From now on its values are stored. */
  startSource({ serverId, source }: NamedSource): void {
    const { observation, clock } = this.#parts;
    this.#sampleRates.set(serverId, new RateMeter(clock));
    const lifetime = new Lifetime();
    this.#running.set(serverId, lifetime);
    lifetime.own(
      `samples of ${serverId}`,
      source.onSamples((samples) => this.#accept(serverId, samples)),
    );
    lifetime.own(
      `state of ${serverId}`,
      source.onStateChanged((state) => {
        const isConnected = state.phase === 'connected';
        this.#isConnected.set(serverId, isConnected);
        // The session may be taken up again with nothing missing; if not, "since last heard" is still the truth later.
        if (state.phase === 'recovering' && state.stage === 'republish') return;
        const nowMs = clock.nowMs();
        this.#store(
          isConnected
            ? observation.serverConnected(serverId, nowMs)
            : observation.serverLost(serverId, nowMs, source.heardUntilMs),
        );
      }),
    );
    lifetime.own(`source ${serverId}`, () => source.stop());
    source.start();
  }

  /** Its session is closed, and that nothing is known of its devices from now on is stored, when it resolves. */
  async endSource(serverId: string): Promise<void> {
    const lifetime = this.#running.get(serverId);
    this.#running.delete(serverId);
    await lifetime?.end();
    this.#sampleRates.delete(serverId);
    this.#isConnected.delete(serverId);
  }

  async #endSources(): Promise<void> {
    for (const lifetime of [...this.#running.values()].reverse()) await lifetime.end();
  }

  #accept(serverId: string, samples: readonly Sample[]): void {
    const { mapping, observation, clock } = this.#parts;
    const nowMs = clock.nowMs();
    this.#sampleRates.get(serverId)?.count(samples.length);
    const changes = mapping.accept(samples, nowMs);
    const heard: MetricChange[] = [];
    for (const deviceId of new Set(samples.map((sample) => mapping.deviceOf(sample.tagId)))) {
      const change = deviceId === undefined ? undefined : observation.deviceHeard(serverId, deviceId, nowMs);
      if (change !== undefined) heard.push(change);
    }
    this.#parts.writer.add(changes);
    this.#store(heard);
  }

  /**
   * Stores that devices are observed, or no more, and lets the session follow: with DBIRTH at once, with DDEATH after
   * the last rows of the device, so that the host learns from when on nothing is known. At the stop NDEATH speaks for
   * all devices.
   */
  #store(online: readonly MetricChange[]): void {
    const { image, writer, edgeNode, clock } = this.#parts;
    if (online.length === 0) return;
    writer.add(online);
    for (const change of online) {
      const { deviceId, timestampMs } = change;
      image.setOnline(change);
      if (deviceId === null || this.#isStopping) continue;
      if (change.value === true) edgeNode.deviceOnlineChanged(deviceId, true, timestampMs);
      else clock.after(DEATH_AFTER_MS, () => this.#endDevice(deviceId, timestampMs));
    }
  }

  #endDevice(deviceId: string, atMs: number): void {
    const { image, edgeNode } = this.#parts;
    if (!this.#isStopping && !image.isOnline(deviceId)) edgeNode.deviceOnlineChanged(deviceId, false, atMs);
  }

  async #markAlive(): Promise<void> {
    const { store, clock, log } = this.#parts;
    try {
      await store.writeSetting(LAST_ALIVE, String(clock.nowMs()));
      await this.#observedUntil.mark();
    } catch (error) {
      log.warn('the alive mark was not stored', { error: describeError(error) });
    }
  }
}
