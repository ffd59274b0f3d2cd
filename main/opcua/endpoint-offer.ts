import { type EndpointDescription, MessageSecurityMode, UserTokenType } from 'node-opcua';
import type { DiscoveredCertificate, DiscoveredEndpoint } from '../../shared/domain/discovered-server.ts';
import { readCertificateFacts } from './server-certificate.ts';
import type { UsableUrl } from './usable-url.ts';

const BINARY_TRANSPORT = 'http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary';
/** Longer texts of a server are cut. */
const MOST_LETTERS = 512;

/** Safest last; a policy or mode that is not here is not supported, or safe for nobody (OPC 10000-7). */
const POLICY_RANKS = ['Aes128_Sha256_RsaOaep', 'Basic256Sha256', 'Aes256_Sha256_RsaPss'];
const MODE_RANKS = ['Sign', 'SignAndEncrypt'];
const LOGINS = ['anonymous', 'user-name', 'certificate'];

const TOKEN_NAMES: Readonly<Record<number, string>> = {
  [UserTokenType.Anonymous]: 'anonymous',
  [UserTokenType.UserName]: 'user-name',
  [UserTokenType.Certificate]: 'certificate',
  [UserTokenType.IssuedToken]: 'issued-token',
};

export const clip = (text: string | null | undefined): string => (text ?? '').slice(0, MOST_LETTERS);

/** One endpoint in our words; which one is recommended is decided over all of a server. */
export function toEndpointOffer(endpoint: EndpointDescription, url: UsableUrl, nowMs: number): DiscoveredEndpoint {
  const securityMode = MessageSecurityMode[endpoint.securityMode] ?? String(endpoint.securityMode);
  const securityPolicy = clip(endpoint.securityPolicyUri?.split('#').at(-1));
  const tokens = (endpoint.userIdentityTokens ?? []).map(
    ({ tokenType }) => TOKEN_NAMES[tokenType] ?? String(tokenType),
  );
  const transport = endpoint.transportProfileUri ?? '';
  const userTokenTypes = [...new Set(tokens)];
  const isOpen = securityMode === 'None' && securityPolicy === 'None';
  const isSafe = MODE_RANKS.includes(securityMode) && POLICY_RANKS.includes(securityPolicy);
  return {
    url: clip(endpoint.endpointUrl),
    ...url,
    securityMode,
    securityPolicy,
    securityLevel: endpoint.securityLevel,
    userTokenTypes,
    certificate: toCertificate(endpoint.serverCertificate, nowMs),
    isSupported:
      (transport === '' || transport === BINARY_TRANSPORT) &&
      (isOpen || isSafe) &&
      userTokenTypes.some((type) => LOGINS.includes(type)),
    isRecommended: false,
  };
}

function toCertificate(der: Buffer | null, nowMs: number): DiscoveredCertificate | null {
  if (der === null || der.length === 0) return null;
  try {
    const { subject, sha1, sha256, validFrom, validTo } = readCertificateFacts(der);
    const isInDate = Date.parse(validFrom) <= nowMs && nowMs <= Date.parse(validTo);
    return { subject: clip(subject), sha1, sha256, validFrom, validTo, isInDate };
  } catch {
    return null;
  }
}

/**
 * Marks the safest endpoint: encrypted before signed only, then the stronger policy, then the server's own opinion.
 * The answer of the server is not authenticated, so its securityLevel never outweighs what we know ourselves; one
 * without security, or without a certificate in date, is never recommended.
 */
export function markRecommended(endpoints: readonly DiscoveredEndpoint[]): DiscoveredEndpoint[] {
  const rank = (endpoint: DiscoveredEndpoint): number =>
    MODE_RANKS.indexOf(endpoint.securityMode) * 100_000 +
    POLICY_RANKS.indexOf(endpoint.securityPolicy) * 1_000 +
    endpoint.securityLevel;
  const safe = endpoints.filter(
    (endpoint) => endpoint.isSupported && endpoint.securityMode !== 'None' && endpoint.certificate?.isInDate === true,
  );
  const best = safe.reduce<DiscoveredEndpoint | undefined>(
    (found, endpoint) => (found === undefined || rank(endpoint) > rank(found) ? endpoint : found),
    undefined,
  );
  return endpoints.map((endpoint) => ({ ...endpoint, isRecommended: endpoint === best }));
}
