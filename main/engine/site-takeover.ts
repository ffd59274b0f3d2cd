import { isDeepStrictEqual } from 'node:util';
import type { OpcuaServerConfig } from '../../shared/config/connections.ts';
import type { SiteConfig } from '../../shared/config/site.ts';
import type { SiteChangeResult } from '../../shared/domain/site-change.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { planSite, type SitePlan } from '../mapping/site-plan.ts';
import { devicesByServer, isSameSeries, type MappedTag } from '../mapping/tag-map.ts';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { LiveImage } from './live-image.ts';
import type { Observation } from './observation.ts';
import type { ChangeForwarder, ChangeWriter, EdgeNode } from './ports.ts';
import { type SampledTag, toSampledTag } from './sampled-tag.ts';

/** What a source did with other tags; `away`: it has them at its next connect. */
type TagsTaken =
  | { readonly phase: 'taken'; readonly refused: readonly { readonly tagId: string; readonly reason: string }[] }
  | { readonly phase: 'away' };

/** A source that goes on with other tags. From the call on it gives nothing of the tags that go. */
export interface TagTaker {
  readonly serverId: string;
  readonly source: { changeTags(tags: readonly SampledTag[]): Promise<TagsTaken> };
}

/** The servers of a running gateway: each is opened and closed without the others noticing. */
export interface ServerRoom {
  /** Those that run now. */
  readonly sources: readonly TagTaker[];
  /**
   * Reads what a connection needs, and changes nothing; what it returns opens the connection.
   * @throws EngineError `config/…` for files that the server names.
   */
  prepare(server: OpcuaServerConfig): Promise<(tags: readonly SampledTag[]) => void>;
  /** Nothing comes from the server any more when it resolves, and its machines are unobserved. */
  close(serverId: string): Promise<void>;
}

export interface SiteTakeoverParts {
  /** The site that everything was made of. */
  readonly started: SiteConfig;
  readonly servers: ServerRoom;
  readonly mapping: Mapping;
  readonly image: LiveImage;
  readonly observation: Observation;
  readonly writer: Pick<ChangeWriter, 'add' | 'flush'>;
  readonly forwarder: Pick<ChangeForwarder, 'flush' | 'deviceGone'>;
  readonly edgeNode: Pick<EdgeNode, 'deviceOnlineChanged'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What became of a changed site. */
export interface SiteTaken {
  readonly plan: SitePlan;
  readonly refused: SiteChangeResult['refused'];
  readonly waitingServers: SiteChangeResult['waitingServers'];
}

type Opening = (tags: readonly SampledTag[]) => void;

/** Rows of what goes are sent before its last birth, or are set aside by name after it. */
const FLUSH_LIMIT_MS = 1_500;

/**
 * Carries a changed site into the running stages, in this order: nothing comes any more of the tags that go; what
 * they gave is stored and sent; then, in one step, mapping and births change and the touched devices are born anew;
 * then the sources watch what is new. A server that goes, or is reached in another way, is closed with the tags that
 * go, and opened with what is new. So no row goes out under a birth that does not hold it, and the devices that
 * are not touched notice nothing.
 */
export class SiteTakeover {
  readonly #parts: SiteTakeoverParts;
  readonly #told = new Map<string, readonly SampledTag[]>();
  #servers: readonly OpcuaServerConfig[];
  #taking: Promise<unknown> = Promise.resolve();
  #restartFields: readonly string[] = [];
  #isStopping = false;

  constructor(parts: SiteTakeoverParts) {
    this.#parts = parts;
    this.#servers = parts.started.opcuaServers;
    for (const { serverId } of parts.servers.sources) this.#told.set(serverId, toSampled(parts.mapping.tags, serverId));
  }

  /** What the last site that was taken over says and only a restart brings about. */
  get restartFields(): readonly string[] {
    return this.#restartFields;
  }

  plan(next: SiteConfig): SitePlan {
    return planSite(this.#parts.started, { servers: this.#servers, tags: this.#parts.mapping.tags }, next);
  }

  /** Whether all that new and changed servers name is there. @throws EngineError `config/…`. */
  async check(next: SiteConfig): Promise<void> {
    await this.#prepare(this.plan(next));
  }

  /** One after the other. @throws EngineError `engine/stopping`. */
  take(next: SiteConfig): Promise<SiteTaken> {
    const taken = this.#taking.then(() => this.#take(next));
    this.#taking = taken.catch(() => {});
    return taken;
  }

  /** What is under way goes no further. */
  stop(): void {
    this.#isStopping = true;
  }

  async #take(next: SiteConfig): Promise<SiteTaken> {
    const plan = this.plan(next);
    const { mapping } = this.#parts;
    const openings = await this.#prepare(plan);
    const endingIds = [...plan.servers.closedIds, ...plan.servers.replaced.map(({ id }) => id)];
    const after = new Map(plan.tags.map((tag) => [tag.tagId, tag]));
    const kept = mapping.tags.filter((tag) => {
      const same = after.get(tag.tagId);
      return same !== undefined && isSameSeries(tag, same);
    });
    if (kept.length < mapping.tags.length || endingIds.length > 0) await this.#endTags(kept, plan, endingIds);
    this.#throwIfStopping();
    this.#switchTo(plan);
    this.#servers = plan.servers.all;
    for (const [serverId, open] of openings) {
      const tags = toSampled(plan.tags, serverId);
      this.#told.set(serverId, tags);
      open(tags);
    }
    this.#restartFields = plan.changes.flatMap((change) => (change.kind === 'needs-restart' ? [change.field] : []));
    return { plan, ...(await this.#tellSources(plan.tags)) };
  }

  /** Before anything is changed: a password file that is missing leaves all as it is. */
  async #prepare({ servers }: SitePlan): Promise<ReadonlyMap<string, Opening>> {
    const wanted = [...servers.opened, ...servers.replaced];
    const prepared = wanted.map(async (server) => [server.id, await this.#parts.servers.prepare(server)] as const);
    return new Map(await Promise.all(prepared));
  }

  async #endTags(kept: readonly MappedTag[], plan: SitePlan, endingIds: readonly string[]): Promise<void> {
    const { servers, writer, forwarder, image, observation, clock, log } = this.#parts;
    this.#throwIfStopping();
    await Promise.all(endingIds.map((serverId) => servers.close(serverId)));
    for (const serverId of endingIds) this.#told.delete(serverId);
    await this.#tellSources(kept);
    const offline = observation.replaceDevices(devicesByServer(plan.tags), clock.nowMs());
    for (const change of offline) image.setOnline(change);
    writer.add(offline);
    const sent = writer.flush().then(() => forwarder.flush(FLUSH_LIMIT_MS));
    await within(clock, FLUSH_LIMIT_MS, sent, () => new Error('not all could be sent')).catch((error: unknown) => {
      log.info('rows of tags that go may be set aside', { reason: describeError(error) });
    });
  }

  /** In one step: no row can come between the mapping, the births and the message. */
  #switchTo(plan: SitePlan): void {
    const { mapping, image, observation, edgeNode, forwarder, clock } = this.#parts;
    const nowMs = clock.nowMs();
    observation.replaceDevices(devicesByServer(plan.tags), nowMs);
    mapping.replace(plan.tags);
    image.tagsReplaced(nowMs);
    for (const { deviceId, message } of plan.devices) {
      // One that is not observed gets its birth when it is; until then the birth of before must not stand.
      edgeNode.deviceOnlineChanged(deviceId, message === 'DBIRTH' && image.isOnline(deviceId), nowMs);
      // Of one that was not born there are rows which wait for its birth.
      if (message === 'DDEATH') forwarder.deviceGone(deviceId);
    }
  }

  /** Sources whose tags stay as they are hear nothing. */
  async #tellSources(tags: readonly MappedTag[]): Promise<Pick<SiteTaken, 'refused' | 'waitingServers'>> {
    const refused: SiteTaken['refused'] = [];
    const waitingServers: string[] = [];
    const tell = async ({ serverId, source }: TagTaker): Promise<void> => {
      const wanted = toSampled(tags, serverId);
      if (isDeepStrictEqual(wanted, this.#told.get(serverId))) return;
      this.#told.set(serverId, wanted);
      const taken = await source.changeTags(wanted);
      if (taken.phase === 'away') waitingServers.push(serverId);
      else refused.push(...taken.refused);
    };
    await Promise.all(this.#parts.servers.sources.map(tell));
    return { refused, waitingServers };
  }

  #throwIfStopping(): void {
    if (!this.#isStopping) return;
    const text = 'the gateway is stopping; it starts with the site file as it is then';
    throw new EngineError('engine/stopping', text);
  }
}

const toSampled = (tags: readonly MappedTag[], serverId: string): readonly SampledTag[] =>
  tags.filter((tag) => tag.serverId === serverId).map(toSampledTag);
