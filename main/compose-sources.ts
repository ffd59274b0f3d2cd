import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpcuaServerConfig } from '../shared/config/connections.ts';
import type { SiteConfig } from '../shared/config/site.ts';
import { findProcessPassphrase, isEncryptedKey } from './config/key-passphrase.ts';
import type { SecretReader } from './config/read-secrets.ts';
import { toSampledTag } from './engine/sampled-tag.ts';
import type { MappedTag } from './mapping/tag-map.ts';
import type { OpcuaSourceOptions } from './opcua/opcua-source-options.ts';
import { ownKeyPath } from './opcua/own-identity.ts';
import type { Clock } from './platform/clock.ts';
import type { Log } from './platform/log.ts';

/** The options of one server's source: its own tags, its identity, and the gateway's trust list. */
export async function toOpcuaOptions(
  site: SiteConfig,
  server: OpcuaServerConfig,
  parts: {
    readonly tags: readonly MappedTag[];
    readonly secrets: SecretReader;
    readonly dataFolder: string;
    readonly clock: Clock;
    readonly log: Log;
    /** Since when nothing was observed; what a server keeps of the time since then is read from its history. */
    readonly backfillFromMs?: number | undefined;
  },
): Promise<OpcuaSourceOptions> {
  const trustFolder = join(parts.dataFolder, 'opcua-pki');
  const keyPassphrase = await readOwnKeyPassphrase(trustFolder);
  return {
    serverId: server.id,
    endpointUrl: server.endpointUrl,
    securityMode: server.securityMode,
    securityPolicy: server.securityPolicy,
    identity: await parts.secrets.readIdentity(server.identity, `server ${server.id}`),
    publishingIntervalMs: server.publishingIntervalMs,
    slowSamplingIntervalMs: site.backpressure.slowSamplingIntervalMs,
    bridgeBreakMs: server.bridgeBreakMs,
    tags: parts.tags.filter((tag) => tag.serverId === server.id).map(toSampledTag),
    trustFolder,
    ...(keyPassphrase === undefined ? {} : { keyPassphrase }),
    clock: parts.clock,
    log: parts.log,
    ...(parts.backfillFromMs === undefined ? {} : { backfillFromMs: parts.backfillFromMs }),
  };
}

/** Of our own OPC UA key, where it is encrypted at rest. */
async function readOwnKeyPassphrase(trustFolder: string): Promise<string | undefined> {
  const pem = await readFile(ownKeyPath(trustFolder), 'utf8').catch(() => '');
  return isEncryptedKey(pem) ? findProcessPassphrase() : undefined;
}
