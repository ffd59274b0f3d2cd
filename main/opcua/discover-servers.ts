import {
  type ApplicationDescription,
  ApplicationType,
  type EndpointDescription,
  MessageSecurityMode,
  type OPCUACertificateManager,
  SecurityPolicy,
} from 'node-opcua';
import type { DiscoveredServer, Discovery } from '../../shared/domain/discovered-server.ts';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { clip, markRecommended, toEndpointOffer } from './endpoint-offer.ts';
import { toOpcuaFailure } from './opcua-failure.ts';
import { openClient, type OpenClientOptions } from './open-client.ts';
import { closeTrust, openTrust } from './server-certificate.ts';
import { untilAborted } from './until-aborted.ts';
import { adviseUrl, createHostLookup, type HostLookup, parseEndpointUrl } from './usable-url.ts';

export interface DiscoveryOptions {
  /** A server or a discovery server (LDS), `opc.tcp://host:port`. */
  readonly url: string;
  /** The library wants one even for a channel without security; nothing is trusted or refused by it. */
  readonly trustFolder: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Default: the resolver of this computer. */
  readonly lookupHost?: HostLookup | undefined;
}

const MOST_SERVERS = 100;
const MOST_ENDPOINTS = 50;
const MOST_URLS = 10;
const MOST_URLS_TRIED = 2;
const SERVERS_AT_ONCE = 4;
/** For the servers a discovery server names, all together. */
const OTHERS_LIMIT_MS = 30_000;

interface ServerAnswer {
  readonly applications: readonly ApplicationDescription[];
  readonly endpoints: readonly EndpointDescription[];
}

/**
 * Asks a server who it is and how it can be reached, and each server it knows of (FindServers and GetEndpoints,
 * OPC 10000-4, 5.5). All of this goes over a channel without security and may be forged: it helps to write a site
 * file, the certificate is judged at every connect.
 *
 * @throws EngineError `opcua/url-invalid`, `opcua/unreachable` and others for the URL asked; a server that only was
 * named by it carries its `fault`. The signal's reason on abort.
 */
export async function discoverServers(options: DiscoveryOptions): Promise<Discovery> {
  parseEndpointUrl(options.url);
  const trust = await openTrust(options.trustFolder);
  try {
    return await new DiscoveryRun(options, trust).run();
  } finally {
    await closeTrust(trust);
  }
}

class DiscoveryRun {
  readonly #options: DiscoveryOptions;
  readonly #trust: OPCUACertificateManager;
  readonly #lookupHost: HostLookup;
  #leftOutCount = 0;

  constructor(options: DiscoveryOptions, trust: OPCUACertificateManager) {
    this.#options = options;
    this.#trust = trust;
    this.#lookupHost = options.lookupHost ?? createHostLookup(options.clock);
  }

  async run(): Promise<Discovery> {
    const { url, signal, clock } = this.#options;
    const answer = await this.#ask(url, signal);
    const applications = this.#bound([...toApplications(answer)], MOST_SERVERS);
    const tooLate = new AbortController();
    const cancel = clock.after(OTHERS_LIMIT_MS, () => tooLate.abort(new Error('ETIMEDOUT')));
    const limited = signal === undefined ? tooLate.signal : AbortSignal.any([signal, tooLate.signal]);
    const servers: DiscoveredServer[] = [];
    const describeFrom = async (start: number): Promise<void> => {
      for (let index = start; index < applications.length; index += SERVERS_AT_ONCE) {
        const application = applications[index];
        if (application !== undefined) servers[index] = await this.#toServer(application, answer, limited);
      }
    };
    try {
      await Promise.all(Array.from({ length: SERVERS_AT_ONCE }, (_unused, lane) => describeFrom(lane)));
    } finally {
      cancel();
    }
    signal?.throwIfAborted();
    return { askedUrl: url, isAuthenticated: false, servers, leftOutCount: this.#leftOutCount };
  }

  async #toServer(
    application: ApplicationDescription,
    asked: ServerAnswer,
    signal: AbortSignal,
  ): Promise<DiscoveredServer> {
    const own = asked.endpoints.filter(({ server }) => server.applicationUri === application.applicationUri);
    const about = {
      applicationUri: clip(application.applicationUri),
      applicationName: clip(application.applicationName.text),
      applicationType: ApplicationType[application.applicationType] ?? String(application.applicationType),
      discoveryUrls: (application.discoveryUrls ?? []).slice(0, MOST_URLS).map(clip),
    };
    if (own.length > 0) return { ...about, endpoints: await this.#toOffers(own, this.#options.url), fault: null };
    try {
      const { endpoints, reachedUrl } = await this.#askNamed(about.discoveryUrls, signal);
      return { ...about, endpoints: await this.#toOffers(endpoints, reachedUrl), fault: null };
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      const { code, message } = toOpcuaFailure(error, this.#toClientOptions(about.discoveryUrls[0] ?? ''));
      return { ...about, endpoints: [], fault: { code, text: message } };
    }
  }

  /** Tries the discovery URLs of a server that another one named. */
  async #askNamed(
    discoveryUrls: readonly string[],
    signal: AbortSignal,
  ): Promise<{ readonly endpoints: readonly EndpointDescription[]; readonly reachedUrl: string }> {
    const urls = discoveryUrls.filter((url) => /^opc\.tcp:\/\//i.test(url)).slice(0, MOST_URLS_TRIED);
    let failure: unknown = new EngineError(
      'opcua/no-discovery-url',
      'The server was named without an opc.tcp URL. Next: ask it directly when you know its address.',
    );
    for (const url of urls) {
      const { usableUrl } = await adviseUrl(url, this.#options.url, this.#lookupHost);
      try {
        return { endpoints: (await this.#ask(usableUrl, signal)).endpoints, reachedUrl: usableUrl };
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #toOffers(
    endpoints: readonly EndpointDescription[],
    reachedUrl: string,
  ): Promise<DiscoveredServer['endpoints']> {
    const nowMs = this.#options.clock.nowMs();
    const offers = this.#bound(endpoints, MOST_ENDPOINTS).map(async (endpoint) =>
      toEndpointOffer(endpoint, await adviseUrl(clip(endpoint.endpointUrl), reachedUrl, this.#lookupHost), nowMs),
    );
    return markRecommended(await Promise.all(offers));
  }

  /** One connection for both questions. A server need not know FindServers to be found. */
  async #ask(url: string, signal: AbortSignal | undefined): Promise<ServerAnswer> {
    const options = this.#toClientOptions(url, signal);
    try {
      parseEndpointUrl(url);
      const security = { securityMode: MessageSecurityMode.None, securityPolicy: SecurityPolicy.None };
      const { client, close } = await openClient(options, security);
      try {
        const endpoints = await untilAborted(client.getEndpoints(), signal);
        const applications = await untilAborted(client.findServers(), signal).catch(() => []);
        return { endpoints, applications };
      } finally {
        await close(signal?.aborted);
      }
    } catch (cause) {
      this.#options.signal?.throwIfAborted();
      throw toOpcuaFailure(cause, options);
    }
  }

  #toClientOptions(endpointUrl: string, signal?: AbortSignal): OpenClientOptions {
    return {
      serverId: 'asked',
      endpointUrl,
      securityMode: 'None',
      securityPolicy: 'None',
      identity: { type: 'anonymous' },
      trustFolder: this.#options.trustFolder,
      trust: this.#trust,
      clock: this.#options.clock,
      signal,
    };
  }

  #bound<T>(items: readonly T[], most: number): readonly T[] {
    this.#leftOutCount += Math.max(0, items.length - most);
    return items.slice(0, most);
  }
}

/** Every application that is named, once; those that only their endpoints name as well. */
function toApplications({ applications, endpoints }: ServerAnswer): Iterable<ApplicationDescription> {
  const byUri = new Map<string, ApplicationDescription>();
  for (const one of [...applications, ...endpoints.map(({ server }) => server)]) {
    const key = one.applicationUri ?? '';
    if (!byUri.has(key)) byUri.set(key, one);
  }
  return byUri.values();
}
