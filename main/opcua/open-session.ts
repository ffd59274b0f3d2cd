import { X509Certificate } from 'node:crypto';
import { type ClientSession, type OPCUAClient, type UserIdentityInfo, UserTokenType } from 'node-opcua';
import { within } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import type { OpcuaEndpointOptions, OpcuaLogin } from './opcua-source-options.ts';
import { openClient, type OpenClientOptions, type OpenedClient } from './open-client.ts';
import type { PinnedEndpoint } from './pinned-endpoint.ts';
import { untilAborted } from './until-aborted.ts';

export interface OpenedSession extends OpenedClient {
  readonly session: ClientSession;
}

const LOGIN_LIMIT_MS = 8_000;

function toUserIdentity(login: OpcuaLogin, serverId: string): UserIdentityInfo {
  switch (login.type) {
    case 'anonymous':
      return { type: UserTokenType.Anonymous };
    case 'user-name':
      return { type: UserTokenType.UserName, userName: login.userName, password: login.password };
    case 'certificate':
      return {
        type: UserTokenType.Certificate,
        certificateData: readUserCertificate(login.certificatePem, serverId),
        privateKey: login.privateKeyPem,
      };
  }
}

function readUserCertificate(pem: string, serverId: string): Buffer {
  try {
    return new X509Certificate(pem).raw;
  } catch (cause) {
    throw new EngineError(
      'opcua/login-refused',
      `The user certificate for ${serverId} cannot be read. Next: name a PEM file in identity.cert of this server.`,
      { serverId },
      { cause },
    );
  }
}

/** Opens a channel to the pinned endpoint and logs in. Errors are those of node-opcua or EngineErrors. */
export async function openSession(
  options: OpenClientOptions,
  pinned: PinnedEndpoint,
  keepAliveMs: number,
): Promise<OpenedSession> {
  const opened = await openChannel(options, pinned, keepAliveMs, false);
  try {
    return { ...opened, session: await logIn(options, opened.client) };
  } catch (cause) {
    await opened.close(options.signal?.aborted);
    throw cause;
  }
}

/** Opens a channel to the pinned endpoint. With `keepsSessions` its end leaves a session alive at the server. */
export function openChannel(
  options: OpenClientOptions,
  pinned: PinnedEndpoint,
  keepAliveMs: number,
  keepsSessions: boolean,
): Promise<OpenedClient> {
  return openClient(options, {
    securityMode: pinned.securityMode,
    securityPolicy: pinned.securityPolicy,
    ...(pinned.serverCertificate === undefined ? {} : { serverCertificate: pinned.serverCertificate }),
    idleLimitMs: 4 * keepAliveMs,
    requestedSessionTimeoutMs: Math.max(60_000, 10 * keepAliveMs),
    keepsSessions,
  });
}

/** Creates and activates a session over a channel. */
export async function logIn(options: OpenClientOptions, client: OPCUAClient): Promise<ClientSession> {
  const identity = toUserIdentity(options.identity, options.serverId);
  const login = within(options.clock, LOGIN_LIMIT_MS, client.createSession(identity), () => loginTooSlow(options));
  return untilAborted(login, options.signal);
}

function loginTooSlow(options: OpcuaEndpointOptions): EngineError {
  return new EngineError(
    'opcua/unreachable',
    `The OPC UA server ${options.serverId} did not open a session within ${LOGIN_LIMIT_MS / 1_000} s. ` +
      'Next: check that the server is not overloaded or hung.',
    { serverId: options.serverId },
  );
}
