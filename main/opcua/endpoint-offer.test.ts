import { EndpointDescription, MessageSecurityMode, UserTokenType } from 'node-opcua';
import { describe, expect, it } from 'vitest';
import type { DiscoveredEndpoint } from '../../shared/domain/discovered-server.ts';
import { markRecommended, toEndpointOffer } from './endpoint-offer.ts';

const NOW_MS = Date.UTC(2026, 0, 5);
const CERTIFICATE = {
  subject: 'CN=x',
  sha1: 'a',
  sha256: 'b',
  validFrom: '2025-01-01T00:00:00.000Z',
  validTo: '2030-01-01T00:00:00.000Z',
  isInDate: true,
};

const POLICY = 'http://opcfoundation.org/UA/SecurityPolicy#';
const URL = 'opc.tcp://plc:4840';

function offer(
  mode: MessageSecurityMode,
  policy: string,
  changed: Partial<DiscoveredEndpoint> = {},
  tokenType = UserTokenType.Anonymous,
  transportProfileUri = 'http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary',
): DiscoveredEndpoint {
  const endpoint = new EndpointDescription({
    endpointUrl: URL,
    securityMode: mode,
    securityPolicyUri: `${POLICY}${policy}`,
    securityLevel: 10,
    transportProfileUri,
    userIdentityTokens: [{ tokenType }],
  });
  const made = toEndpointOffer(endpoint, { usableUrl: URL, urlHint: null }, NOW_MS);
  return { ...made, certificate: CERTIFICATE, ...changed };
}

const { None, Sign, SignAndEncrypt } = MessageSecurityMode;
const recommended = (endpoints: readonly DiscoveredEndpoint[]): unknown[] =>
  markRecommended(endpoints)
    .filter(({ isRecommended }) => isRecommended)
    .map(({ securityMode, securityPolicy }) => `${securityMode} ${securityPolicy}`);

describe('the recommended endpoint', () => {
  it('is the one that encrypts with the strongest policy, whatever level the server claims', () => {
    const endpoints = [
      offer(None, 'None', { securityLevel: 255 }),
      offer(Sign, 'Aes256_Sha256_RsaPss', { securityLevel: 254 }),
      offer(SignAndEncrypt, 'Aes128_Sha256_RsaOaep', { securityLevel: 253 }),
      offer(SignAndEncrypt, 'Basic256Sha256', { securityLevel: 1 }),
    ];
    expect(recommended(endpoints)).toEqual(['SignAndEncrypt Basic256Sha256']);
    const stronger = offer(SignAndEncrypt, 'Aes256_Sha256_RsaPss', { securityLevel: 0 });
    expect(recommended([...endpoints, stronger])).toEqual(['SignAndEncrypt Aes256_Sha256_RsaPss']);
  });

  it('is never one without security, even where there is no other', () => {
    expect(recommended([offer(None, 'None')])).toEqual([]);
    expect(recommended([])).toEqual([]);
  });

  it('is never one with an outdated policy, another transport, a login we have not or a certificate out of date', () => {
    expect(
      recommended([
        offer(SignAndEncrypt, 'Basic256'),
        offer(SignAndEncrypt, 'Basic128Rsa15'),
        offer(SignAndEncrypt, 'None'),
        offer(SignAndEncrypt, 'Basic256Sha256', {}, UserTokenType.IssuedToken),
        offer(
          SignAndEncrypt,
          'Basic256Sha256',
          {},
          UserTokenType.Anonymous,
          'http://opcfoundation.org/UA-Profile/Transport/https-uabinary',
        ),
        offer(SignAndEncrypt, 'Basic256Sha256', { certificate: { ...CERTIFICATE, isInDate: false } }),
        offer(SignAndEncrypt, 'Basic256Sha256', { certificate: null }),
      ]),
    ).toEqual([]);
  });

  it('is one of two that are equally safe, by the level the server gives', () => {
    const marked = markRecommended([
      offer(SignAndEncrypt, 'Basic256Sha256', { securityLevel: 5, url: 'a' }),
      offer(SignAndEncrypt, 'Basic256Sha256', { securityLevel: 6, url: 'b' }),
      offer(SignAndEncrypt, 'Basic256Sha256', { securityLevel: 6, url: 'c' }),
    ]);
    expect(marked.map(({ isRecommended }) => isRecommended)).toEqual([false, true, false]);
  });
});
