import { hostname } from 'node:os';
import { join } from 'node:path';
import type { SiteConfig } from '../shared/config/site.ts';
import { CertificateWatch } from './certificates/certificate-watch.ts';
import { toOpcuaPlaces, toRevocationPlaces, toSitePlaces } from './commands/site-links.ts';
import { composeCommands, type WritableSource } from './compose-commands.ts';
import { configurationFile, recordSite } from './compose-configuration.ts';
import { type IngestOptions, toHoldTimeMs } from './compose-ingest.ts';
import { dropPreviousFiles, readBroker, toOpenLink } from './compose-links.ts';
import { SiteChanger } from './compose-site-change.ts';
import { toOpcuaOptions } from './compose-sources.ts';
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
import { SiteTakeover, type TagTaker } from './engine/site-takeover.ts';
import { Mapping } from './mapping/mapping.ts';
import { devicesByServer, type MappedTag, toMappedTags } from './mapping/tag-map.ts';
import { StatusFiles } from './observability/status-files.ts';
import { METRICS_FILE, STATUS_FILE } from './observability/status-record.ts';
import { removeDeadLocks } from './opcua/dead-locks.ts';
import { setAsideBrokenIdentity } from './opcua/own-identity.ts';
import { systemClock } from './platform/clock.ts';
import { limitHeapGrowth } from './platform/heap-growth.ts';
import { LatencyWindow } from './platform/latency-window.ts';
import { isEngineError } from './platform/engine-error.ts';
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

async function openSources(
  options: ComposeOptions,
  tags: readonly MappedTag[],
  secrets: SecretReader,
  observedUntil: ReadonlyMap<string, number>,
): Promise<(WritableSource & TagTaker)[]> {
  // The OPC UA library takes a second to load: one-shot commands that need no server never do.
  const { createOpcuaSource } = await import('./opcua/opcua-source.ts');
  const trustFolder = join(options.dataFolder, 'opcua-pki');
  await removeDeadLocks(trustFolder);
  for (const path of await setAsideBrokenIdentity(trustFolder)) {
    const text = 'our own OPC UA key or certificate cannot be used and is made anew: servers must trust the new one';
    options.log.warn(text, { path: `${path}.unusable` });
  }
  return Promise.all(
    options.site.opcuaServers.map(async (server) => {
      const log = options.log.scope(`opcua.${server.id}`);
      const backfillFromMs = observedUntil.get(server.id);
      const parts = { tags, secrets, dataFolder: options.dataFolder, clock: systemClock, log, backfillFromMs };
      return { serverId: server.id, source: createOpcuaSource(await toOpcuaOptions(options.site, server, parts)) };
    }),
  );
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
  const sources = await openSources(options, mapping.tags, secrets, await readObservedUntil(store));
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
      sources,
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
