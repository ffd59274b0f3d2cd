import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpcuaServerConfig } from '../shared/config/connections.ts';
import type { HistorianConfig } from '../shared/config/historian.ts';
import { findCaseClashes } from '../shared/config/letter-case.ts';
import type { SiteConfig } from '../shared/config/site.ts';
import type { ProbeStep } from '../shared/domain/probe.ts';
import { readBroker } from './compose-links.ts';
import { toOpcuaOptions } from './compose-sources.ts';
import { SecretReader } from './config/read-secrets.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { probeHistorian } from './historian/probe-historian.ts';
import { toMappedTags } from './mapping/tag-map.ts';
import { probeBroker } from './mqtt/probe-broker.ts';
import { systemClock } from './platform/clock.ts';
import { isEngineError } from './platform/engine-error.ts';
import { silentLog } from './platform/log.ts';

export interface CheckOptions {
  readonly configFile: string;
  /** Data folder of the gateway: its trust list is used, so that the check sees what the gateway sees. */
  readonly dataFolder: string | undefined;
}

export interface CheckedPart {
  readonly part: string;
  readonly steps: readonly ProbeStep[];
}

/** A missing file of a part is that part's fault; the other parts are still asked. */
async function ask(part: string, work: () => Promise<readonly ProbeStep[]>): Promise<CheckedPart> {
  try {
    return { part, steps: await work() };
  } catch (error) {
    if (!isEngineError(error)) throw error;
    return { part, steps: [{ step: 'read', ok: false, code: error.code, text: error.message }] };
  }
}

/** Without a data folder there is no trust list to look into; the next step is to name one. */
async function checkServer(
  site: SiteConfig,
  server: OpcuaServerConfig,
  secrets: SecretReader,
  dataFolder: string | undefined,
): Promise<readonly ProbeStep[]> {
  const { probeOpcuaServer } = await import('./opcua/probe-opcua-server.ts');
  const folder = dataFolder ?? (await mkdtemp(join(tmpdir(), 'lineside-check-')));
  const parts = { tags: toMappedTags(site), secrets, dataFolder: folder, clock: systemClock, log: silentLog };
  const steps = await probeOpcuaServer(await toOpcuaOptions(site, server, parts));
  if (dataFolder !== undefined) return steps;
  await rm(folder, { recursive: true, force: true });
  const nextStep = "Compare the SHA-1 with the server's, then check again with --data and the gateway's data folder.";
  return steps.map((step) => (step.code === 'opcua/cert-untrusted' ? { ...step, nextStep } : step));
}

async function checkBroker(site: SiteConfig, index: number, secrets: SecretReader): Promise<readonly ProbeStep[]> {
  const address = await readBroker(site, index, secrets);
  const { groupId, edgeNodeId } = site.sparkplug;
  return probeBroker(address, `${groupId}_${edgeNodeId}_check`, { clock: systemClock, log: silentLog });
}

async function checkHistorian(historian: HistorianConfig, secrets: SecretReader): Promise<readonly ProbeStep[]> {
  const { url, passwordFile, tls: tlsFiles } = historian;
  const password = await secrets.readPassword(passwordFile, 'password for the historian');
  const tls = await secrets.readTls(tlsFiles, 'the historian');
  return probeHistorian({
    url,
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
    clock: systemClock,
  });
}

/** Reads the site file and asks every endpoint it names, one part after the other. Changes nothing there. */
export async function* composeChecks(options: CheckOptions): AsyncGenerator<CheckedPart> {
  const site = await readSiteFile(options.configFile);
  const text = `${site.machines.length} machines, ${toMappedTags(site).length} tags`;
  const odd = findCaseClashes(site).map((clash): ProbeStep => ({ step: 'names', ok: true, isOdd: true, text: clash }));
  yield { part: `site file ${options.configFile}`, steps: [{ step: 'read', ok: true, text }, ...odd] };

  const secrets = new SecretReader(options.configFile);
  for (const server of site.opcuaServers) {
    yield ask(`server ${server.id} (${server.endpointUrl})`, () =>
      checkServer(site, server, secrets, options.dataFolder),
    );
  }
  for (const [index, broker] of site.brokers.entries()) {
    yield ask(`broker ${broker.url}`, () => checkBroker(site, index, secrets));
  }
  const { historian } = site;
  if (historian !== undefined) yield ask('historian', () => checkHistorian(historian, secrets));
}
