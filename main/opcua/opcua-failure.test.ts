import { describe, expect, it } from 'vitest';
import { EngineError } from '../platform/engine-error.ts';
import { toOpcuaFailure } from './opcua-failure.ts';
import type { OpcuaEndpointOptions } from './opcua-source-options.ts';

const OPTIONS: OpcuaEndpointOptions = {
  serverId: 'line',
  endpointUrl: 'opc.tcp://10.0.0.5:4840',
  securityMode: 'SignAndEncrypt',
  securityPolicy: 'Basic256Sha256',
  identity: { type: 'anonymous' },
  trustFolder: 'trust',
};

describe('toOpcuaFailure', () => {
  it.each([
    ['connect ECONNREFUSED 10.0.0.5:4840', 'opcua/unreachable'],
    ['getaddrinfo ENOTFOUND plc', 'opcua/unreachable'],
    ['Transaction has timed out ( timeout = 10000 ms)', 'opcua/unreachable'],
    ['serviceResult = BadIdentityTokenRejected (0x80210000)', 'opcua/login-refused'],
    ['BadUserAccessDenied (0x801f0000)', 'opcua/login-refused'],
    ['BadTooManySessions (0x80560000)', 'opcua/too-many-sessions'],
    ['The connection has been rejected: BadSecurityChecksFailed', 'opcua/client-cert-refused'],
    ['something never seen', 'opcua/connect-failed'],
  ])('tells "%s" as %s, with the server and the next step', (text, code) => {
    const failure = toOpcuaFailure(new Error(text), OPTIONS);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain('line (opc.tcp://10.0.0.5:4840)');
    expect(failure.message).toMatch(/ Next: .+/);
  });

  it('names the file of our certificate when the server refuses it', () => {
    const failure = toOpcuaFailure(new Error('BadCertificateUntrusted'), OPTIONS);
    expect(failure.message).toContain('trust/own/certs/client_certificate.pem');
  });

  it('passes an EngineError as it is', () => {
    const error = new EngineError('opcua/cert-untrusted', 'x');
    expect(toOpcuaFailure(error, OPTIONS)).toBe(error);
  });
});
