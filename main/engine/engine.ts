import type { SiteConfig } from '../../shared/config/site.ts';
import type { BufferSnapshot, EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { HostModelPage, HostModelQuery } from '../../shared/domain/host-model.ts';
import type { LossEntry, PageQuery, QueuePage, QueueQuery, TagPage } from '../../shared/domain/listings.ts';
import type { SiteChangeResult } from '../../shared/domain/site-change.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import type { LatencyWindow } from '../platform/latency-window.ts';
import { Lifetime } from '../platform/lifetime.ts';
import type { Log } from '../platform/log.ts';
import type { RateMeter } from '../platform/rate-meter.ts';
import { AlarmLog } from './alarm-log.ts';
import { toAttention, toRestartAttention } from './attention.ts';
import type { CommandDesk } from './command-desk.ts';
import type { EdgePipeline } from './edge-pipeline.ts';
import type {
  CertificateStage,
  ChangeForwarder,
  ChangeStore,
  ChangeWriter,
  ControlStage,
  EdgeNode,
  IngestStage,
  OeeDesk,
  SiteChangeRequest,
  SiteChangeStage,
  StatusBoard,
  StoreAlarms,
} from './ports.ts';
import type { SamplingControl } from './sampling-control.ts';
import { toQueuePage, toTagPage } from './tag-listing.ts';

const SNAPSHOT_EVERY_MS = 500;

export interface EngineParts {
  readonly site: SiteConfig;
  readonly isDemo: boolean;
  readonly mapping: Mapping;
  readonly pipeline: EdgePipeline;
  readonly sampling: SamplingControl;
  readonly commands: CommandDesk;
  readonly store: ChangeStore;
  readonly writer: ChangeWriter;
  readonly forwarder: ChangeForwarder;
  readonly edgeNode: EdgeNode;
  readonly ingest: IngestStage;
  readonly status: StatusBoard;
  readonly control: ControlStage;
  readonly siteChanges: SiteChangeStage;
  readonly certificates: CertificateStage;
  readonly latencyToBroker: LatencyWindow;
  readonly sentRate: RateMeter;
  readonly clock: Clock;
  readonly log: Log;
}

/** Starts and stops the stages in their order, and tells a few times a second how they are. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #lifetime = new Lifetime();
  readonly #snapshots = new EventSource<EngineSnapshot>();
  readonly #alarmLog: AlarmLog;
  readonly #attentionSince = new Map<string, number>();
  #snapshot: EngineSnapshot | null = null;
  #buffer: BufferSnapshot | undefined;
  #alarms: StoreAlarms = { quarantine: null, rescue: null, diskFullSinceMs: null };

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#alarmLog = new AlarmLog(parts.log.scope('buffer'));
  }

  /**
   * Resolves when every stage runs; stages that need a network go on trying by themselves. A start that fails
   * leaves nothing behind: neither the lock of the data folder nor a thread.
   */
  async start(): Promise<void> {
    try {
      await this.#startStages();
    } catch (error) {
      await this.stop().catch((cause: unknown) => {
        this.#parts.log.warn('a stage did not stop after the failed start', { error: describeError(cause) });
      });
      throw error;
    }
  }

  async #startStages(): Promise<void> {
    const { store, forwarder, ingest, pipeline, sampling, commands } = this.#parts;
    const { status, control, siteChanges, clock, log } = this.#parts;
    this.#lifetime.own('status', () => status.close());
    this.#lifetime.own('buffer', () => store.close());
    this.#lifetime.own('forwarder', () => forwarder.stop());
    this.#lifetime.own('ingest', () => ingest.stop());
    await ingest.start();
    this.#lifetime.own('edge pipeline', () => pipeline.stop());
    // Before the node is born: none is missed.
    this.#lifetime.own('commands', commands.start());
    await pipeline.start();
    this.#lifetime.own('sampling control', sampling.start());
    this.#lifetime.own(
      'snapshot of a change of the sampling',
      sampling.onChanged(() => void this.#takeSnapshot()),
    );
    this.#lifetime.own(
      'snapshots',
      clock.every(SNAPSHOT_EVERY_MS, () => void this.#takeSnapshot()),
    );
    this.#lifetime.own('certificates', this.#parts.certificates.start());
    this.#lifetime.own('site changes', () => siteChanges.stop());
    this.#lifetime.own('control', () => control.stop());
    await control.start();
    log.info('engine runs', { line: this.#parts.site.site.line, tags: this.#parts.mapping.tags.length });
  }

  /** Told when the engine cannot go on by itself and must be started anew; what was accepted is on disk. */
  onFailed(listener: (error: Error) => void): () => void {
    return this.#parts.store.ended.on(listener);
  }

  async stop(): Promise<void> {
    await this.#lifetime.end();
    this.#parts.log.info('engine stopped');
  }

  readSnapshot(): EngineSnapshot | null {
    return this.#snapshot;
  }

  onSnapshot(listener: (snapshot: EngineSnapshot) => void): () => void {
    return this.#snapshots.on(listener);
  }

  async queuePage({ state, ...query }: QueueQuery): Promise<QueuePage> {
    const { store, forwarder } = this.#parts;
    const sent = state === undefined ? {} : { sent: { rows: forwarder.sentRows(), isSent: state === 'sent' } };
    return toQueuePage(await store.page({ ...query, ...sent }), (rowId) => forwarder.stateOf(rowId));
  }

  /** Sends what is not confirmed once more; false without a session, whose birth does that anyway. */
  sendAgain(): boolean {
    return this.#parts.forwarder.sendAgain();
  }

  losses(): Promise<readonly LossEntry[]> {
    return this.#parts.store.losses();
  }

  /** See `SiteChangeStage`. */
  changeSite(request: SiteChangeRequest): Promise<SiteChangeResult> {
    return this.#parts.siteChanges.change(request);
  }

  tagPage(query: PageQuery): Promise<TagPage> {
    const { mapping, pipeline } = this.#parts;
    return Promise.resolve(toTagPage(mapping, query, (serverId) => pipeline.isServerConnected(serverId)));
  }

  /** What the host knows of edge nodes, devices and metrics. */
  hostModelPage(query: HostModelQuery): Promise<HostModelPage> {
    return this.#parts.ingest.modelPage(query);
  }

  /** Shifts with everything behind them. */
  get oee(): OeeDesk {
    return this.#parts.ingest.oee;
  }

  async #takeSnapshot(): Promise<void> {
    try {
      this.#buffer = await this.#readBuffer();
    } catch (error) {
      this.#parts.log.error('the buffer cannot be read', { error: describeError(error) });
    }
    this.#alarmLog.note(this.#alarms, this.#parts.writer.state);
    if (this.#buffer === undefined) return;
    try {
      this.#snapshot = this.#toSnapshot(this.#buffer);
      this.#parts.status.show(this.#snapshot);
      this.#snapshots.emit(this.#snapshot);
    } catch (error) {
      // Whoever shows the snapshot must not end what it shows.
      this.#parts.log.error('a snapshot could not be shown', { error: describeError(error) });
    }
  }

  async #readBuffer(): Promise<BufferSnapshot> {
    const { store, forwarder, pipeline } = this.#parts;
    const stats = await store.stats();
    this.#alarms = stats;
    const sending = forwarder.snapshot();
    const appendedPerS = pipeline.storedRate.perS();
    const bytesPerRow = stats.rowCount > 0 ? stats.byteCount / stats.rowCount : 0;
    const bytesPerS = appendedPerS * bytesPerRow;
    return {
      rowCount: stats.rowCount,
      waitingCount: sending.waitingCount,
      sentCount: sending.sentCount,
      byteCount: stats.byteCount,
      limitBytes: stats.limitBytes,
      oldestTimestampMs: stats.oldestTimestampMs,
      coversMs: bytesPerS > 0 ? Math.round(((stats.limitBytes - stats.byteCount) / bytesPerS) * 1_000) : null,
      appendedPerS,
      messagesQueued: stats.queuedCount,
      messagesReplayed: sending.replayedCount,
      resentCount: sending.resentCount,
      droppedCount: stats.droppedCount,
      confirmedCount: stats.confirmedCount,
      deadLetterCount: stats.deadLetterCount,
      purgedCount: stats.purgedCount,
      damagedCount: stats.damagedCount,
    };
  }

  #toSnapshot(buffer: BufferSnapshot): EngineSnapshot {
    const { site, isDemo, mapping, pipeline, sampling, commands, edgeNode, ingest, latencyToBroker, sentRate, clock } =
      this.#parts;
    const behind = ingest.snapshot();
    const edge = edgeNode.snapshot();
    const facts: Omit<EngineSnapshot, 'attention'> = {
      takenAtMs: clock.nowMs(),
      isDemo,
      isIngestHere: site.historian !== undefined,
      site: site.site,
      servers: pipeline.serverSnapshots(),
      mapping: {
        metricCount: mapping.tags.length,
        changesPerS: pipeline.storedRate.perS(),
        dropped: mapping.dropped,
      },
      sampling: sampling.snapshot(),
      commands: commands.snapshot(),
      buffer,
      broker: {
        url: site.brokers[edge.brokerIndex]?.url ?? '',
        state: edge.connection,
        session: edge.session,
        sentPerS: sentRate.perS(),
      },
      ingest: behind.ingest,
      historian: behind.historian,
      latency: { toBroker: latencyToBroker.percentiles(), ...behind.latencyToHistorian },
      certificates: [...this.#parts.certificates.certificates],
      oee: behind.oee,
    };
    const attention = [
      ...toAttention(facts, this.#parts.writer.state, this.#alarms),
      ...toRestartAttention(this.#parts.siteChanges.restartFields),
    ];
    return { ...facts, attention: this.#since(attention) };
  }

  /** An attention keeps the time it was first seen while its code stays, where the fact itself has none. */
  #since(found: EngineSnapshot['attention']): EngineSnapshot['attention'] {
    const codes = new Set(found.map((attention) => attention.code));
    for (const code of this.#attentionSince.keys()) if (!codes.has(code)) this.#attentionSince.delete(code);
    return found.map((attention) => {
      const seenMs = this.#attentionSince.get(attention.code) ?? this.#parts.clock.nowMs();
      this.#attentionSince.set(attention.code, seenMs);
      return attention.sinceMs > 0 ? attention : { ...attention, sinceMs: seenMs };
    });
  }
}
