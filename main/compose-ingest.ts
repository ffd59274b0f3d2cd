import type { HistorianConfig } from '../shared/config/historian.ts';
import type { SiteConfig } from '../shared/config/site.ts';
import { openConfiguration } from './compose-configuration.ts';
import { readBroker, toOpenLink } from './compose-links.ts';
import { composeOee, toOeeSite } from './compose-oee.ts';
import { SecretReader, type TlsTexts } from './config/read-secrets.ts';
import type { IngestStage } from './engine/ports.ts';
import { AggregateKeeper } from './historian/aggregate-keeper.ts';
import { ConfigurationKeeper } from './historian/configuration-keeper.ts';
import { type Historian, openHistorian } from './historian/open-historian.ts';
import { createIngest, DEFAULT_INGEST_LIMITS } from './ingest/ingest.ts';
import type { TelemetrySink } from './ingest/ingest-ports.ts';
import { RejectKeeper } from './ingest/reject-keeper.ts';
import { type Clock, systemClock, within } from './platform/clock.ts';
import { describeError } from './platform/engine-error.ts';
import type { Log } from './platform/log.ts';
import { SettingFile } from './platform/setting-file.ts';
import { createHostRunner, type NodeChanged } from './sparkplug/host-runner.ts';

/** Everything the ingest stage needs, as plain data: it crosses into a worker thread. */
export interface IngestOptions {
  readonly site: SiteConfig;
  /** Files it names are read when they are used. */
  readonly siteFile: string;
  readonly historian: HistorianConfig;
  readonly historianPassword: string | undefined;
  readonly historianTls: TlsTexts | undefined;
  /** File of the facts that outlive the process (STATE timestamps). */
  readonly settingFile: string;
  /** Where lines, machines and reasons are at home. */
  readonly configurationFile: string;
  /** Where log lines go: 1 standard output, 2 standard error. */
  readonly logFd: 1 | 2;
}

/** Connections to the historian: one writes, one reads, one is for the next statement of either. */
const HISTORIAN_CONNECTIONS = 3;
const CLOSE_LIMIT_MS = 1_000;
const HOLD_MARGIN_MS = 2_000;

/**
 * How long the host must have stayed online after a send before the edge may forget the row: until a dead host is
 * noticed, or a live one that cannot commit, or that waits for a message before this one, has said so
 * (architecture, section 5).
 */
export function toHoldTimeMs({ sparkplug }: SiteConfig): number {
  const { commitDeadlineMs } = DEFAULT_INGEST_LIMITS;
  return 1_500 * sparkplug.keepAliveS + sparkplug.reorderTimeoutMs + commitDeadlineMs + HOLD_MARGIN_MS;
}

/** Migrates before the first use, whenever the database first answers; `onReady` then runs once. */
function prepareSink(historian: Historian, onReady: () => Promise<void>): TelemetrySink {
  let preparing: Promise<void> | undefined;
  const prepare = (): Promise<void> => {
    preparing ??= historian
      .migrate()
      .then(onReady)
      .catch((error: unknown) => {
        preparing = undefined;
        throw error;
      });
    return preparing;
  };
  return {
    insert: async (rows) => {
      await prepare();
      return historian.insert(rows);
    },
    isReachable: async () => {
      if (!(await historian.isReachable())) return false;
      return prepare().then(
        () => true,
        () => false,
      );
    },
  };
}

/** Host session, ingest, historian and OEE of a site, in the calling thread. */
export function composeIngest(options: IngestOptions, log: Log, clock: Clock = systemClock): IngestStage {
  const { site } = options;
  const secrets = new SecretReader(options.siteFile);
  const historian = openHistorian({
    url: options.historian.url,
    ...(options.historianPassword === undefined ? {} : { password: options.historianPassword }),
    ...(options.historianTls === undefined ? {} : { tls: options.historianTls }),
    maxConnections: HISTORIAN_CONNECTIONS,
    storage: options.historian,
    clock,
    log: log.scope('historian'),
  });
  const { live: oee, keeper: shifts, desk } = composeOee(toOeeSite(site), historian, clock, log.scope('oee'));
  const host = createHostRunner({
    hostId: site.sparkplug.primaryHostId,
    keepAliveS: site.sparkplug.keepAliveS,
    reorderTimeoutMs: site.sparkplug.reorderTimeoutMs,
    brokerUrls: site.brokers.map(({ url }) => url),
    openLink: toOpenLink((index) => readBroker(site, index, secrets), clock, log.scope('mqtt')),
    memory: new SettingFile(options.settingFile),
    clock,
    log: log.scope('host'),
    random: Math.random,
  });
  const rejects = new RejectKeeper((list) => historian.keepRejected(list), clock, log.scope('ingest'));
  const keeper = new AggregateKeeper({
    maintain: (patience) => historian.maintain(patience),
    clock,
    log: log.scope('historian'),
  });
  const configuration = new ConfigurationKeeper({
    open: () => openConfiguration(options.configurationFile),
    copy: (copy) => historian.copyConfiguration(copy),
    clock,
    log: log.scope('historian'),
  });
  const ingest = createIngest<NodeChanged>({
    host,
    onRejected: (rejected) => rejects.add(rejected),
    sink: prepareSink(historian, async () => {
      keeper.start();
      configuration.start();
      await oee.load();
      shifts.start();
    }),
    clock,
    log: log.scope('ingest'),
    limits: {
      maxWaitingCount: options.historian.spool.maxRows,
      maxWaitingBytes: options.historian.spool.maxMegabytes * 1_000_000,
      futureToleranceMs: options.historian.future.toleranceS * 1_000,
    },
  });
  ingest.onCommitted((rows) => oee.accept(rows));
  // At the start nothing is heard of any machine; its birth ends that, not the birth of its node.
  oee.nodeChanged(site.sparkplug.edgeNodeId, false, clock.nowMs());
  host.onDeviceChanged(({ groupId, edgeNodeId, deviceId, isOnline, atMs }) => {
    if (groupId === site.sparkplug.groupId) oee.deviceChanged(edgeNodeId, deviceId, isOnline, atMs);
  });
  ingest.onNodeChanged(({ groupId, edgeNodeId, isOnline }) => {
    if (groupId === site.sparkplug.groupId) oee.nodeChanged(edgeNodeId, isOnline, clock.nowMs());
  });
  return {
    start: () => ingest.start(),
    async stop() {
      keeper.stop();
      configuration.stop();
      await ingest.stop();
      // A database that hangs must not hold up the stop; nothing of the promise depends on this.
      const tooSlow = (): Error => new Error('the historian took too long to close');
      await within(
        clock,
        CLOSE_LIMIT_MS,
        rejects.flush().then(() => historian.close()),
        tooSlow,
      ).catch((error: unknown) => log.warn('the stop goes on', { error: describeError(error) }));
    },
    modelPage: (query) => Promise.resolve(host.modelPage(query)),
    oee: desk,
    snapshot() {
      const status = ingest.snapshot();
      return {
        ingest: status.ingest,
        historian: { ...status.historian, state: historian.state() },
        latencyToHistorian: status.latencyToHistorian,
        oee: oee.snapshot(),
      };
    },
  };
}
