import {
  type EndpointDescription,
  MessageSecurityMode,
  type OPCUACertificateManager,
  SecurityPolicy,
  UserTokenType,
} from 'node-opcua';
import { EngineError } from '../platform/engine-error.ts';
import type { OpcuaEndpointOptions, OpcuaLogin } from './opcua-source-options.ts';
import { openClient, type OpenClientOptions } from './open-client.ts';
import { checkServerCertificate } from './server-certificate.ts';
import { untilAborted } from './until-aborted.ts';

/** The endpoint that was configured, as the server offers it. */
export interface PinnedEndpoint {
  readonly securityMode: MessageSecurityMode;
  readonly securityPolicy: SecurityPolicy;
  readonly serverCertificate: Buffer | undefined;
  readonly applicationUri: string | null;
}

const MODES = {
  None: MessageSecurityMode.None,
  Sign: MessageSecurityMode.Sign,
  SignAndEncrypt: MessageSecurityMode.SignAndEncrypt,
} as const;

const POLICIES = {
  None: SecurityPolicy.None,
  Basic256Sha256: SecurityPolicy.Basic256Sha256,
  Aes128_Sha256_RsaOaep: SecurityPolicy.Aes128_Sha256_RsaOaep,
  Aes256_Sha256_RsaPss: SecurityPolicy.Aes256_Sha256_RsaPss,
} as const;

const TOKEN_TYPES: Readonly<Record<OpcuaLogin['type'], UserTokenType>> = {
  anonymous: UserTokenType.Anonymous,
  'user-name': UserTokenType.UserName,
  certificate: UserTokenType.Certificate,
};

/** Asks the server which endpoints it offers. Unauthenticated: nothing in the answer is believed by itself. */
export async function readEndpoints(options: OpenClientOptions): Promise<EndpointDescription[]> {
  const discovery = await openClient(options, {
    securityMode: MessageSecurityMode.None,
    securityPolicy: SecurityPolicy.None,
  });
  try {
    return await untilAborted(discovery.client.getEndpoints(), options.signal);
  } finally {
    await discovery.close(options.signal?.aborted);
  }
}

/**
 * Finds the configured mode and policy among what is offered; never another, weaker one.
 *
 * @throws EngineError `opcua/endpoint-not-offered` naming what is offered, `opcua/login-refused` when this
 * endpoint does not take the configured kind of login, `opcua/password-unprotected`.
 */
export function pinEndpoint(offered: readonly EndpointDescription[], options: OpcuaEndpointOptions): PinnedEndpoint {
  const context = { serverId: options.serverId, endpointUrl: options.endpointUrl };
  if (options.identity.type === 'user-name' && options.securityMode !== 'SignAndEncrypt') {
    throw new EngineError(
      'opcua/password-unprotected',
      `The login of ${options.serverId} is a password, but its channel is not encrypted. ` +
        'Next: set securityMode: SignAndEncrypt for this server.',
      context,
    );
  }
  const securityMode = MODES[options.securityMode];
  const securityPolicy = POLICIES[options.securityPolicy];
  const endpoint = offered.find(
    (candidate) => candidate.securityMode === securityMode && candidate.securityPolicyUri === securityPolicy,
  );
  if (endpoint === undefined) {
    const list = [...new Set(offered.map(describeEndpoint))].join(', ') || 'nothing';
    throw new EngineError(
      'opcua/endpoint-not-offered',
      `The OPC UA server ${options.serverId} does not offer ${options.securityMode} with ${options.securityPolicy}; ` +
        `it offers ${list}. Next: enable it at the server, or choose one of these in the site file.`,
      context,
    );
  }
  const tokens = (endpoint.userIdentityTokens ?? []).map((token) => token.tokenType);
  if (!tokens.includes(TOKEN_TYPES[options.identity.type])) {
    throw new EngineError(
      'opcua/login-refused',
      `The OPC UA server ${options.serverId} takes no login of type ${options.identity.type} here; it takes ` +
        `${describeTokens(tokens)}. Next: set identity.type of this server to one of these.`,
      context,
    );
  }
  return {
    securityMode,
    securityPolicy,
    serverCertificate: endpoint.serverCertificate ?? undefined,
    applicationUri: endpoint.server.applicationUri,
  };
}

/**
 * Judges the certificate of the pinned endpoint; with mode None there is none to judge.
 *
 * @throws EngineError, see `checkServerCertificate`.
 */
export async function checkPinnedEndpoint(
  pinned: PinnedEndpoint,
  trust: OPCUACertificateManager,
  options: OpcuaEndpointOptions,
): Promise<string> {
  if (pinned.securityMode === MessageSecurityMode.None) return 'No certificate: the channel is not secured.';
  if (pinned.serverCertificate === undefined || pinned.serverCertificate.length === 0) {
    throw new EngineError(
      'opcua/cert-invalid',
      `The OPC UA server ${options.serverId} sends no certificate. Next: give the server a certificate.`,
      { serverId: options.serverId },
    );
  }
  const facts = await checkServerCertificate(trust, pinned.serverCertificate, pinned.applicationUri, options);
  return `${facts.subject}, SHA-1 ${facts.sha1}, valid to ${facts.validTo.slice(0, 10)}, is trusted.`;
}

export function describeEndpoint(endpoint: EndpointDescription): string {
  const policy = endpoint.securityPolicyUri?.split('#').at(-1) ?? 'unknown policy';
  return `${MessageSecurityMode[endpoint.securityMode]} with ${policy}`;
}

function describeTokens(types: readonly UserTokenType[]): string {
  const names = Object.entries(TOKEN_TYPES).filter(([, type]) => types.includes(type));
  return names.map(([name]) => name).join(', ') || 'none that we know';
}
