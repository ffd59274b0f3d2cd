import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpcuaServerConfig } from '../shared/config/connections.ts';
import type { HistorianConfig } from '../shared/config/historian.ts';
import type { SiteConfig } from '../shared/config/site.ts';
import type { ProbeStep } from '../shared/domain/probe.ts';
import { diagnoseTls } from './certificates/diagnose-tls.ts';
import { judgeOwnFiles } from './certificates/judge-own-files.ts';
import { type BrokerPatient, examineBroker, toSkipped } from './compose-doctor.ts';
import { readBroker } from './compose-links.ts';
import { toOpcuaOptions } from './compose-sources.ts';
import { SecretReader } from './config/read-secrets.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { toHostAndPort } from './historian/connection-options.ts';
import { probeHistorian } from './historian/probe-historian.ts';
import { systemClock } from './platform/clock.ts';
import { EngineError, isEngineError } from './platform/engine-error.ts';
import { silentLog } from './platform/log.ts';

interface Choice {
  readonly clientId: string | undefined;
  readonly topicPrefix: string | undefined;
}

export interface ExaminationRequest extends Choice {
  readonly siteFile: string;
  /** Nothing chosen means everything. */
  readonly brokerIndex: number | undefined;
  readonly serverId: string | undefined;
  readonly isHistorian: boolean;
  /** Whose OPC UA certificate and trust list are used; without it there is nothing that a server could know. */
  readonly dataFolder: string | undefined;
}

export interface HostRequest extends Choice {
  readonly host: string;
  readonly port: number | undefined;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/** A broker that no site file names. Without --ca it is spoken to without TLS. */
export async function toHostPatient(request: HostRequest): Promise<BrokerPatient> {
  const { ca, cert, key, clientId, topicPrefix } = request;
  if ((cert === undefined) !== (key === undefined)) {
    throw new EngineError('cli/usage', '--cert and --key belong together: name both or none');
  }
  const files = ca === undefined ? undefined : { ca, ...(cert && key ? { cert, key } : {}) };
  const tls = await new SecretReader('./site.yaml').readTls(files, request.host);
  const host = request.host.includes(':') ? `[${request.host}]` : request.host;
  const url = `${tls ? 'mqtts' : 'mqtt'}://${host}${request.port === undefined ? '' : `:${request.port}`}`;
  const address = { url, ...(tls ? { tls } : {}) };
  return { address, gatewayClientId: undefined, clientId, topicFilters: ['lineside/doctor/+'], topicPrefix };
}

/** Every connection of a site that was asked for, one after the other. */
export async function* composeExaminations(request: ExaminationRequest, onStep?: (step: ProbeStep) => void) {
  const site = await readSiteFile(request.siteFile);
  const secrets = new SecretReader(request.siteFile);
  const { brokerIndex, serverId, isHistorian, dataFolder } = request;
  const isAll = brokerIndex === undefined && serverId === undefined && !isHistorian;
  const servers = site.opcuaServers.filter(({ id }) => isAll || id === serverId);
  const brokers = [...site.brokers.entries()].filter(([index]) => isAll || index === brokerIndex);
  const historian = isAll || isHistorian ? site.historian : undefined;
  if (servers.length + brokers.length === 0 && historian === undefined) {
    throw new EngineError('cli/usage', 'the site file has no such server, broker or historian');
  }
  for (const server of servers) {
    const part = `server ${server.id} (${server.endpointUrl})`;
    yield { part, steps: await readFirst(() => examineServer(site, server, secrets, dataFolder)) };
  }
  for (const [index, { url }] of brokers) {
    yield {
      part: `broker ${url}`,
      steps: await readFirst(() => examineSiteBroker(site, index, secrets, request, onStep)),
    };
  }
  if (historian) yield { part: 'historian', steps: await readFirst(() => examineHistorian(historian, secrets)) };
}

/** A file that is missing or open to others is a step that failed. */
async function readFirst(work: () => Promise<readonly ProbeStep[]>): Promise<readonly ProbeStep[]> {
  try {
    return await work();
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return [{ step: 'our-files', ok: false, code: error.code, text: error.message }];
  }
}

async function examineSiteBroker(
  site: SiteConfig,
  index: number,
  secrets: SecretReader,
  choice: Choice,
  onStep?: (step: ProbeStep) => void,
) {
  const { groupId, edgeNodeId, primaryHostId } = site.sparkplug;
  const node = ['NCMD', 'DCMD'].map((type) => `spBv1.0/${groupId}/${type}/${edgeNodeId}${type === 'DCMD' ? '/+' : ''}`);
  const patient = {
    address: await readBroker(site, index, secrets),
    gatewayClientId: `${groupId}/${edgeNodeId}`,
    topicFilters: primaryHostId === null ? node : [...node, `spBv1.0/STATE/${primaryHostId}`],
    clientId: choice.clientId,
    topicPrefix: choice.topicPrefix,
  };
  return examineBroker(patient, { clock: systemClock, onStep });
}

async function examineHistorian({ url, passwordFile, tls: files }: HistorianConfig, secrets: SecretReader) {
  const clock = systemClock;
  const tls = await secrets.readTls(files, 'the historian');
  const password = await secrets.readPassword(passwordFile, 'password for the historian');
  const own = tls && judgeOwnFiles(tls, undefined, clock.nowMs());
  const target = { ...toHostAndPort(url), startsWith: 'postgres', clock } as const;
  const steps = [...(own?.steps ?? []), ...(await diagnoseTls({ ...target, authorities: own?.authorities }))];
  if (steps.some(({ ok }) => !ok)) return [...steps, ...toSkipped(['login'], 'Not tried: see above.')];
  const probed = await probeHistorian({
    url,
    clock,
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls } : {}),
  });
  return [...steps, ...probed.filter(({ step }) => step !== 'tcp')];
}

async function examineServer(
  site: SiteConfig,
  server: OpcuaServerConfig,
  secrets: SecretReader,
  dataFolder: string | undefined,
): Promise<readonly ProbeStep[]> {
  const { examineOpcuaServer } = await import('./opcua/examine-opcua-server.ts');
  const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), 'lineside-doctor-')));
  try {
    const parts = { tags: [], secrets, dataFolder: folder, clock: systemClock, log: silentLog };
    const steps = await examineOpcuaServer(await toOpcuaOptions(site, server, parts));
    if (dataFolder !== undefined) return steps;
    const nextStep =
      'Examine again with --data and the data folder of the gateway: the trust on both sides is for its certificate.';
    const isTrust = ({ code }: ProbeStep): boolean =>
      code === 'opcua/cert-untrusted' || code === 'opcua/client-cert-refused';
    return steps.map((step) => (isTrust(step) ? { ...step, nextStep } : step));
  } finally {
    if (dataFolder === undefined) await rm(folder, { recursive: true, force: true });
  }
}
