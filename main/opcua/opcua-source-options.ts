import type { OpcuaServerConfig } from '../../shared/config/connections.ts';
import type { Datatype, TagId } from '../../shared/domain/metric.ts';
import type { Clock } from '../platform/clock.ts';
import type { Log } from '../platform/log.ts';

/** A configured tag as this room needs it. */
export interface OpcuaTag {
  readonly tagId: TagId;
  /** Node id with its namespace URI, `nsu=<uri>;s=<name>`; the index is looked up after every connect. */
  readonly node: string;
  readonly datatype: Datatype;
  /** 0 asks for every change. */
  readonly samplingIntervalMs: number;
  readonly queueSize: number;
  /** Never slowed by `setSlowSampling`. */
  readonly isExempt: boolean;
  readonly deadbandAbsolute?: number | undefined;
  /** Of the EURange that the node has on the server, 0 … 100; not together with the absolute one. */
  readonly deadbandPercent?: number | undefined;
}

/** Who logs in, with the secrets already read from their files. */
export type OpcuaLogin =
  | { readonly type: 'anonymous' }
  | { readonly type: 'user-name'; readonly userName: string; readonly password: string }
  | { readonly type: 'certificate'; readonly certificatePem: string; readonly privateKeyPem: string };

/** Which endpoint is meant, and as whom: everything that a connection needs. */
export interface OpcuaEndpointOptions {
  readonly serverId: string;
  readonly endpointUrl: string;
  readonly securityMode: OpcuaServerConfig['securityMode'];
  readonly securityPolicy: OpcuaServerConfig['securityPolicy'];
  readonly identity: OpcuaLogin;
  /** Our own certificate and key, the trusted and the rejected server certificates. Made when absent. */
  readonly trustFolder: string;
  /** Only where our own key is encrypted at rest. */
  readonly keyPassphrase?: string;
}

export interface OpcuaSourceOptions extends OpcuaEndpointOptions {
  readonly publishingIntervalMs: number;
  readonly slowSamplingIntervalMs: number;
  /** The server's queues are asked to hold the values of a break of the network of this length. Default 0. */
  readonly bridgeBreakMs?: number;
  readonly tags: readonly OpcuaTag[];
  readonly clock: Clock;
  readonly log: Log;
  /**
   * When the plant was last observed, on our clock: the first connect reads the history since then, where the
   * server keeps one. Absent at the very first start.
   */
  readonly backfillFromMs?: number;
  /** 0 … 1, for the jitter of the back-off. Default Math.random. */
  readonly random?: () => number;
}
