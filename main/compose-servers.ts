import { join } from 'node:path';
import type { OpcuaServerConfig } from '../shared/config/connections.ts';
import type { SiteConfig } from '../shared/config/site.ts';
import type { WritableSource } from './compose-commands.ts';
import { toOpcuaOptions } from './compose-sources.ts';
import type { SecretReader } from './config/read-secrets.ts';
import type { EdgePipeline } from './engine/edge-pipeline.ts';
import { type SampledTag, toSampledTag } from './engine/sampled-tag.ts';
import type { SamplingControl } from './engine/sampling-control.ts';
import type { ServerRoom, TagTaker } from './engine/site-takeover.ts';
import type { MappedTag } from './mapping/tag-map.ts';
import { removeDeadLocks } from './opcua/dead-locks.ts';
import { setAsideBrokenIdentity } from './opcua/own-identity.ts';
import type { Clock } from './platform/clock.ts';
import type { Log } from './platform/log.ts';

type LiveSource = WritableSource & TagTaker;

interface ServersOptions {
  readonly site: SiteConfig;
  readonly dataFolder: string;
  readonly secrets: SecretReader;
  readonly clock: Clock;
  readonly log: Log;
}

/** The sources of a gateway, each of one server; `all` is one list, in which they come and go. */
export class LiveServers {
  readonly all: LiveSource[] = [];
  readonly #options: ServersOptions;

  constructor(options: ServersOptions) {
    this.#options = options;
  }

  /** Those of the site that the gateway starts with; they are started by whoever stores their values. */
  async openAll(tags: readonly MappedTag[], observedUntil: ReadonlyMap<string, number>): Promise<void> {
    const { site, dataFolder, log } = this.#options;
    const trustFolder = join(dataFolder, 'opcua-pki');
    await removeDeadLocks(trustFolder);
    for (const path of await setAsideBrokenIdentity(trustFolder)) {
      const text = 'our own OPC UA key or certificate cannot be used and is made anew: servers must trust the new one';
      log.warn(text, { path: `${path}.unusable` });
    }
    const makers = await Promise.all(site.opcuaServers.map((server) => this.#prepare(server)));
    site.opcuaServers.forEach(({ id }, index) => {
      const own = tags.filter(({ serverId }) => serverId === id).map(toSampledTag);
      const source = makers[index]?.(own, observedUntil.get(id));
      if (source !== undefined) this.all.push(source);
    });
  }

  /** For a gateway that runs. */
  toRoom(pipeline: EdgePipeline, sampling: SamplingControl): ServerRoom {
    const { all } = this;
    /** Until when a server that is opened anew was observed; what its history has since then is read back. */
    const observedUntil = new Map<string, number>();
    const { clock } = this.#options;
    return {
      sources: all,
      prepare: async (server) => {
        const make = await this.#prepare(server);
        return (tags) => {
          const source = make(tags, observedUntil.get(server.id) ?? clock.nowMs());
          observedUntil.delete(server.id);
          all.push(source);
          sampling.adopt(source);
          pipeline.startSource(source);
        };
      },
      close: async (serverId) => {
        await pipeline.endSource(serverId);
        const index = all.findIndex((named) => named.serverId === serverId);
        const untilMs = all[index]?.source.observedUntilMs;
        if (untilMs !== undefined) observedUntil.set(serverId, untilMs);
        if (index >= 0) all.splice(index, 1);
      },
    };
  }

  /** @throws EngineError `config/…` for files that the server names. */
  async #prepare(
    server: OpcuaServerConfig,
  ): Promise<(tags: readonly SampledTag[], backfillFromMs: number | undefined) => LiveSource> {
    const { site, dataFolder, secrets, clock } = this.#options;
    const log = this.#options.log.scope(`opcua.${server.id}`);
    // The OPC UA library takes a second to load: one-shot commands that need no server never do.
    const { createOpcuaSource } = await import('./opcua/opcua-source.ts');
    const options = await toOpcuaOptions(site, server, { tags: [], secrets, dataFolder, clock, log });
    return (tags, backfillFromMs) => ({
      serverId: server.id,
      source: createOpcuaSource({ ...options, tags, ...(backfillFromMs === undefined ? {} : { backfillFromMs }) }),
    });
  }
}
