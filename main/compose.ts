import { hostname } from 'node:os';
import { join } from 'node:path';
import type { SiteConfig } from '../shared/config/site.ts';
import { CertificateWatch } from './certificates/certificate-watch.ts';
import { toOpcuaPlaces, toRevocationPlaces, toSitePlaces } from './commands/site-links.ts';
import { composeCommands } from './compose-commands.ts';
import { configurationFile, recordSite } from './compose-configuration.ts';
import { type IngestOptions, toHoldTimeMs } from './compose-ingest.ts';
import { dropPreviousFiles, readBroker, toOpenLink } from './compose-links.ts';
import { LiveServers } from './compose-servers.ts';
import { SiteChanger } from './compose-site-change.ts';
import { SecretReader } from './config/read-secrets.ts';
import { ControlServer } from './control/control-server.ts';
import { absentIngest } from './engine/absent-ingest.ts';
import { EdgePipeline } from './engine/edge-pipeline.ts';
import { Engine } from './engine/engine.ts';
import { LiveImage } from './engine/live-image.ts';
import { MeasuredSender } from './engine/measured-sender.ts';
import { Observation } from './engine/observation.ts';
import { readObservedUntil } from './engine/observed-until.ts';
import { SamplingControl } from './engine/sampling-control.ts';
import { readSamplingLedger } from './engine/sampling-memory.ts';
import { SiteTakeover } from './engine/site-takeover.ts';
import { Mapping } from './mapping/mapping.ts';
import { devicesByServer, toMappedTags } from './mapping/tag-map.ts';
import { StatusFiles } from './observability/status-files.ts';
import { METRICS_FILE, STATUS_FILE } from './observability/status-record.ts';
import { systemClock } from './platform/clock.ts';
import { isEngineError } from './platform/engine-error.ts';
import { limitHeapGrowth } from './platform/heap-growth.ts';
import { LatencyWindow } from './platform/latency-window.ts';
import type { Log } from './platform/log.ts';
import { osUserName } from './platform/os-user.ts';
import { RateMeter } from './platform/rate-meter.ts';
import { createEdgeNodeRunner } from './sparkplug/edge-node-runner.ts';
import { toEdgeNodeDescriptor } from './sparkplug/topic.ts';
import { Forwarder } from './store-and-forward/forwarder.ts';
import { GroupCommit } from './store-and-forward/group-commit.ts';
import { findNativeBinding } from './store-and-forward/native-binding.ts';
import { WorkerForwardBuffer } from './store-and-forward/worker-forward-buffer.ts';
import { IngestThread } from './workers/ingest-thread.ts';

export interface ComposeOptions {
  readonly site: SiteConfig;
  /** Paths in the site file start at its folder. */
  readonly siteFile: string;
  readonly dataFolder: string;
  readonly isDemo: boolean;
  readonly log: Log;
  /** For a collector of metrics; by default in the data folder. */
  readonly metricsFile?: string | undefined;
  /** A broker whose certificates are missing is tried again until they are there, instead of not starting. */
  readonly waitsForCertificates?: boolean;
  /** Where worker threads write their log lines. */
  readonly logFd: 1 | 2;
}

/** Undefined where the site names no historian: then this gateway only sends. */
async function readIngestOptions(options: ComposeOptions, secrets: SecretReader): Promise<IngestOptions | undefined> {
  const { historian } = options.site;
  if (historian === undefined) return undefined;
  return {
    site: options.site,
    siteFile: options.siteFile,
    historian,
    historianPassword: await secrets.readPassword(historian.passwordFile, 'password for the historian'),
    historianTls: await secrets.readTls(historian.tls, 'the historian'),
    settingFile: join(options.dataFolder, 'host.json'),
    configurationFile: configurationFile(options.dataFolder),
    logFd: options.logFd,
  };
}

/**
 * Puts the real stages together for a site; nothing runs before `start()`.
 * @throws EngineError `config/…` for files the site names and a configuration of a newer version, `store-and-forward/folder-in-use` and its kin.
 */
export async function composeEngine(options: ComposeOptions): Promise<Engine> {
  limitHeapGrowth();
  const { site } = options;
  const secrets = new SecretReader(options.siteFile);
  // Read anew for each connection; here, so that a missing file stops the start and not the first connection.
  await Promise.all(
    site.brokers.map(async (_broker, index) => {
      try {
        await readBroker(site, index, secrets);
      } catch (error) {
        if (options.waitsForCertificates !== true || !isEngineError(error, 'config/file-missing')) throw error;
        options.log.warn('a broker waits for its certificate', { reason: error.message });
      }
    }),
  );
  const ingestOptions = await readIngestOptions(options, secrets);
  const store = await WorkerForwardBuffer.open({
    folder: join(options.dataFolder, 'buffer'),
    limitBytes: site.storeAndForward.maxMegabytes * 1_000_000,
    whenFull: site.storeAndForward.whenFull,
    ...findNativeBinding(),
  });
  try {
    // The folder is ours alone from here on.
    const origin = { who: osUserName(), atMs: systemClock.nowMs(), source: 'file' } as const;
    recordSite(options.dataFolder, site, origin, options.log.scope('config'));
    return await composeStages(options, secrets, ingestOptions, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function composeStages(
  options: ComposeOptions,
  secrets: SecretReader,
  ingestOptions: IngestOptions | undefined,
  store: WorkerForwardBuffer,
): Promise<Engine> {
  const { site, log } = options;
  const clock = systemClock;
  const mapping = new Mapping(toMappedTags(site));
  const servers = new LiveServers({ site, dataFolder: options.dataFolder, secrets, clock, log });
  await servers.openAll(mapping.tags, await readObservedUntil(store));
  const sources = servers.all;
  const image = new LiveImage(mapping, clock.nowMs());
  const edgeNode = createEdgeNodeRunner({
    descriptor: toEdgeNodeDescriptor(site.sparkplug.groupId, site.sparkplug.edgeNodeId),
    primaryHostId: site.sparkplug.primaryHostId,
    keepAliveS: site.sparkplug.keepAliveS,
    brokerUrls: site.brokers.map(({ url }) => url),
    openLink: toOpenLink(
      (index) => readBroker(site, index, secrets),
      clock,
      log.scope('mqtt'),
      dropPreviousFiles(site, options.siteFile),
    ),
    memory: store,
    births: image,
    takesWrites: () => mapping.tags.some(({ config }) => config.writable === true),
    maxPacketBytes: site.sparkplug.maxPacketBytes,
    clock,
    log: log.scope('edge-node'),
    random: Math.random,
  });
  const latencyToBroker = new LatencyWindow(clock);
  const sentRate = new RateMeter(clock);
  const forwarder = await Forwarder.start({
    buffer: store,
    sender: new MeasuredSender(edgeNode, { latency: latencyToBroker, rate: sentRate, clock }),
    clock,
    log: log.scope('forwarder'),
    historyRowsPerS: site.storeAndForward.historyRowsPerS,
    holdTimeMs: toHoldTimeMs(site),
  });
  const writer = new GroupCommit({
    buffer: store,
    clock,
    random: Math.random,
    groupCommitMs: site.storeAndForward.groupCommitMs,
    groupCommitRows: site.storeAndForward.groupCommitRows,
    hasSession: () => edgeNode.snapshot().session === 'born',
  });
  const sampling = new SamplingControl({
    numbers: site.backpressure,
    sources,
    readDepth: () => {
      const { waitingCount, heldCount } = forwarder.snapshot();
      return waitingCount - heldCount;
    },
    ledger: await readSamplingLedger(store),
    store,
    clock,
    log: log.scope('backpressure'),
  });
  const observation = new Observation(devicesByServer(mapping.tags));
  const pipeline = new EdgePipeline({
    sources,
    mapping,
    image,
    observation,
    store,
    writer,
    forwarder,
    edgeNode,
    clock,
    log,
  });
  const siteChanges = new SiteChanger({
    siteFile: options.siteFile,
    dataFolder: options.dataFolder,
    countRows: (deviceId) => store.countPurge({ deviceId }),
    countWaiting: () => forwarder.snapshot().waitingCount,
    takeover: new SiteTakeover({
      started: site,
      servers: servers.toRoom(pipeline, sampling),
      mapping,
      image,
      observation,
      writer,
      forwarder,
      edgeNode,
      clock,
      log: log.scope('site'),
    }),
    recordSite: (next, origin) => recordSite(options.dataFolder, next, origin, log.scope('config')),
    clock,
    log: log.scope('site'),
  });
  const ingest =
    ingestOptions === undefined ? absentIngest : new IngestThread(ingestOptions, clock, log.scope('ingest'));
  const control = new ControlServer({
    dataFolder: options.dataFolder,
    store,
    rowsCommitted: (lastRowId) => forwarder.rowsCommitted(lastRowId),
    changeSite: (request) => siteChanges.change(request),
    forgetHost: () => {
      edgeNode.forgetHost();
      return edgeNode.snapshot().session;
    },
    clock,
    log: log.scope('control'),
  });
  return new Engine({
    site,
    isDemo: options.isDemo,
    mapping,
    pipeline,
    sampling,
    commands: composeCommands({ edgeNode, mapping, sources, clock, log: log.scope('commands') }),
    store,
    writer,
    forwarder,
    edgeNode,
    ingest,
    status: new StatusFiles({
      statusFile: join(options.dataFolder, STATUS_FILE),
      metricsFile: options.metricsFile ?? join(options.dataFolder, METRICS_FILE),
      processId: process.pid,
      hostName: hostname(),
      clock,
      log: log.scope('status'),
    }),
    control,
    siteChanges,
    certificates: new CertificateWatch(
      [
        ...toSitePlaces(options.siteFile, site),
        ...toOpcuaPlaces(options.dataFolder, false),
        ...toRevocationPlaces(options.dataFolder),
      ],
      clock,
      log.scope('certificates'),
    ),
    latencyToBroker,
    sentRate,
    clock,
    log,
  });
}
