import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { OpcuaServerConfig } from '../shared/config/connections.ts';
import type { BrowseBatch } from '../shared/domain/browsed-node.ts';
import type { Discovery } from '../shared/domain/discovered-server.ts';
import { SecretReader } from './config/read-secrets.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { browseAddressSpace, type BrowseOptions } from './opcua/browse-address-space.ts';
import { openBrowseSession } from './opcua/browse-session.ts';
import { discoverServers } from './opcua/discover-servers.ts';
import { type ListedCertificate, listServerCertificates, trustServerCertificate } from './opcua/server-trust-list.ts';
import { systemClock } from './platform/clock.ts';
import { EngineError } from './platform/engine-error.ts';

/** A server of a site file, or one that is not in any yet. */
export type BrowseTarget =
  | { readonly kind: 'site'; readonly configFile: string; readonly serverId: string }
  | { readonly kind: 'url'; readonly server: Readonly<Record<string, unknown>> };

type BrowseWish = Pick<
  BrowseOptions,
  'root' | 'maxDepth' | 'maxNodes' | 'includesProperties' | 'mostInFlight' | 'pauseMs'
>;

export interface BrowseCommand extends BrowseWish {
  readonly target: BrowseTarget;
  /** Data folder of the gateway, whose trust list counts. Only a channel without security does without. */
  readonly dataFolder: string | undefined;
  readonly signal: AbortSignal;
}

const toTrustFolder = (dataFolder: string): string => join(dataFolder, 'opcua-pki');

async function withTemporaryTrust<T>(work: (trustFolder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-trust-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks one address which servers are there. Nothing is kept and nothing is trusted. */
export function composeDiscovery(url: string, signal: AbortSignal): Promise<Discovery> {
  return withTemporaryTrust((trustFolder) => discoverServers({ url, trustFolder, clock: systemClock, signal }));
}

/** Connects as the gateway does and walks down the address space; closes everything at the end, or on a break. */
export async function* composeBrowse(command: BrowseCommand): AsyncGenerator<BrowseBatch, void, undefined> {
  const { server, secrets } = await readTarget(command.target);
  const isOpen = server.securityMode === 'None';
  if (command.dataFolder === undefined && !isOpen) {
    throw new EngineError(
      'cli/usage',
      `name the data folder of the gateway with --data: its trust list says whether ${server.endpointUrl} is trusted`,
    );
  }
  const temporary = command.dataFolder === undefined ? await mkdtemp(join(tmpdir(), 'lineside-trust-')) : undefined;
  try {
    const endpoint = {
      serverId: server.id,
      endpointUrl: server.endpointUrl,
      securityMode: server.securityMode,
      securityPolicy: server.securityPolicy,
      identity: await secrets.readIdentity(server.identity, `server ${server.id}`),
      trustFolder: toTrustFolder(command.dataFolder ?? temporary ?? ''),
    };
    const around = { clock: systemClock, signal: command.signal };
    const opened = await openBrowseSession({ ...endpoint, ...around });
    try {
      yield* browseAddressSpace({ ...command, ...around, session: opened.session, endpoint });
    } finally {
      await opened.close();
    }
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
  }
}

async function readTarget(target: BrowseTarget): Promise<{ server: OpcuaServerConfig; secrets: SecretReader }> {
  if (target.kind === 'url') {
    const parsed = OpcuaServerConfig.safeParse(target.server);
    if (parsed.success) return { server: parsed.data, secrets: new SecretReader(resolve('command-line')) };
    const [issue] = parsed.error.issues;
    throw new EngineError('cli/usage', `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not right'}`.trim());
  }
  const { configFile, serverId } = target;
  const site = await readSiteFile(configFile);
  const server = site.opcuaServers.find(({ id }) => id === serverId);
  if (server !== undefined) return { server, secrets: new SecretReader(configFile) };
  const known = site.opcuaServers.map(({ id }) => id).join(', ');
  throw new EngineError('cli/usage', `there is no server "${serverId}" in ${configFile}; there is ${known}`);
}

/** The server certificates a gateway trusts and has refused. */
export const composeTrustList = (dataFolder: string): Promise<ListedCertificate[]> =>
  listServerCertificates(toTrustFolder(dataFolder));

/** Trusts one that was refused; see `trustServerCertificate`. */
export const composeTrust = (dataFolder: string, thumbprint: string): Promise<ListedCertificate> =>
  trustServerCertificate(toTrustFolder(dataFolder), thumbprint);
