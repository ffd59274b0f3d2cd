import type { OpcuaServerConfig } from '../../shared/config/connections.ts';
import type { SiteConfig } from '../../shared/config/site.ts';
import type { SiteChange } from '../../shared/domain/site-change.ts';
import { findDifferences } from './site-fields.ts';
import type { RunningSite } from './site-plan.ts';
import { devicesByServer, toMappedTags } from './tag-map.ts';

/** Which sessions are opened and closed; those of servers that are not named notice nothing. */
export interface ServerPlan {
  readonly changes: readonly SiteChange[];
  readonly opened: readonly OpcuaServerConfig[];
  /** The session of before is closed first: small servers have few. */
  readonly replaced: readonly OpcuaServerConfig[];
  readonly closedIds: readonly string[];
  /** All servers afterwards, in the order of the file. */
  readonly all: readonly OpcuaServerConfig[];
}

/** Compares the servers that run with those of a changed site file. Pure. */
export function planServers(running: RunningSite, next: SiteConfig): ServerPlan {
  const changes: SiteChange[] = [];
  const opened: OpcuaServerConfig[] = [];
  const replaced: OpcuaServerConfig[] = [];
  const before = new Map(running.servers.map((server) => [server.id, server]));
  const machinesBefore = devicesByServer(running.tags);
  const machinesAfter = devicesByServer(toMappedTags(next));
  for (const server of next.opcuaServers) {
    const { id: serverId, endpointUrl } = server;
    const old = before.get(serverId);
    if (old === undefined) {
      changes.push({ kind: 'server-added', serverId, endpointUrl });
      opened.push(server);
      continue;
    }
    const fields = findDifferences('', old, server).map((path) => path.replace(/^\./, ''));
    if (fields.length === 0) continue;
    const after = machinesAfter.get(serverId) ?? [];
    const machineIds = (machinesBefore.get(serverId) ?? []).filter((id) => after.includes(id));
    changes.push({ kind: 'server-changed', serverId, fields, machineIds });
    replaced.push(server);
  }
  const gone = running.servers.filter(({ id }) => !next.opcuaServers.some((server) => server.id === id));
  for (const { id: serverId, endpointUrl } of gone) changes.push({ kind: 'server-removed', serverId, endpointUrl });
  return { changes, opened, replaced, closedIds: gone.map(({ id }) => id), all: next.opcuaServers };
}
