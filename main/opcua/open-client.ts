import { hostname } from 'node:os';
import type { MessageSecurityMode, SecurityPolicy } from 'node-opcua';
import {
  type ClientSecureChannelLayer,
  LogLevel,
  type OPCUACertificateManager,
  OPCUAClient,
  type OPCUAClientOptions,
  setLogLevel,
} from 'node-opcua';
import type { Clock } from '../platform/clock.ts';
import { within } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { ownCertificatePath } from './opcua-failure.ts';
import { type OpcuaEndpointOptions } from './opcua-source-options.ts';
import { flushIdentity } from './own-identity.ts';
import { untilAborted } from './until-aborted.ts';

/** A connected client and how to end it, also when the server no longer answers. */
export interface OpenedClient {
  readonly client: OPCUAClient;
  /** Never rejects. `isHung` = do not wait for the server. */
  close(isHung?: boolean): Promise<void>;
}

export interface OpenClientOptions extends OpcuaEndpointOptions {
  readonly clock: Clock;
  readonly trust: OPCUACertificateManager;
  /** Gives up at once, whatever the server does. */
  readonly signal?: AbortSignal | undefined;
}

export interface ChannelSecurity {
  readonly securityMode: MessageSecurityMode;
  readonly securityPolicy: SecurityPolicy;
  /** DER of the server's certificate, already judged. */
  readonly serverCertificate?: Buffer;
  /** Longest silence of the socket that is no fault. */
  readonly idleLimitMs?: number;
  readonly requestedSessionTimeoutMs?: number;
  /** Closing the channel leaves its sessions alive at the server, for another channel. Default false. */
  readonly keepsSessions?: boolean;
}

const CONNECT_LIMIT_MS = 5_000;
const CLOSE_LIMIT_MS = 1_000;
const TRANSACTION_LIMIT_MS = 10_000;
/** Bounds on what a server may send: about 16 MB per message (OPC 10000-6, 7.1.2). */
const TRANSPORT_LIMITS = { maxChunkCount: 256, maxMessageSize: 16 * 1024 * 1024 };

/** Name under which our certificate is made out: one per computer. */
const ownApplicationUri = (): string => `urn:${hostname()}:lineside`;

/**
 * Connects one secure channel. node-opcua's own reconnection is off: this room recovers in its own stages, with
 * the endpoint pinned and judged anew each time.
 *
 * @throws EngineError `opcua/unreachable` after five seconds, or what node-opcua throws.
 */
export async function openClient(options: OpenClientOptions, security: ChannelSecurity): Promise<OpenedClient> {
  setLogLevel(LogLevel.Emergency);
  const settings: OPCUAClientOptions = {
    applicationName: 'Lineside',
    applicationUri: ownApplicationUri(),
    clientName: `lineside-${options.serverId}`,
    securityMode: security.securityMode,
    securityPolicy: security.securityPolicy,
    clientCertificateManager: options.trust,
    certificateFile: ownCertificatePath(options.trustFolder),
    // A server is known by several addresses; which one it tells of itself does not matter.
    endpointMustExist: false,
    keepSessionAlive: false,
    keepPendingSessionsOnDisconnect: security.keepsSessions ?? false,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 200 },
    defaultTransactionTimeout: TRANSACTION_LIMIT_MS,
    transportSettings: TRANSPORT_LIMITS,
    transportTimeout: Math.max(60_000, security.idleLimitMs ?? 0),
    requestedSessionTimeout: security.requestedSessionTimeoutMs ?? 60_000,
    ...(security.serverCertificate === undefined ? {} : { serverCertificate: security.serverCertificate }),
  };
  const client = OPCUAClient.create(settings);
  let channel: ClientSecureChannelLayer | undefined;
  client.on('secure_channel_created', (created) => {
    channel = created;
  });
  const close = async (isHung = false): Promise<void> => {
    if (isHung) channel?.abortConnection(() => {});
    const done = client.disconnect().catch(() => {});
    const tooLong = (): Error => new Error('closing takes too long');
    await within(options.clock, CLOSE_LIMIT_MS, done, tooLong).catch(() => {
      channel?.abortConnection(() => {});
      return within(options.clock, CLOSE_LIMIT_MS, done, tooLong).catch(() => {});
    });
  };
  const connecting = client.connect(options.endpointUrl);
  try {
    const limited = within(options.clock, CONNECT_LIMIT_MS, connecting, () => noAnswer(options));
    await untilAborted(limited, options.signal);
    // Not awaited: a disk that hangs must not keep values from being read.
    void flushIdentity(options.trustFolder).catch(() => {});
    return { client, close };
  } catch (cause) {
    await close(true);
    throw cause;
  }
}

function noAnswer(options: OpcuaEndpointOptions): EngineError {
  return new EngineError(
    'opcua/unreachable',
    `The OPC UA server ${options.serverId} (${options.endpointUrl}) did not answer within ${CONNECT_LIMIT_MS / 1_000} s. ` +
      'Next: check that the server is not hung, the address and port in the site file, and the firewall between.',
    { serverId: options.serverId, endpointUrl: options.endpointUrl },
  );
}
