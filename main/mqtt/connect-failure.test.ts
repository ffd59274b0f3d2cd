import { describe, expect, it } from 'vitest';
import { EngineError } from '../platform/engine-error.ts';
import { type ConnectStage, toConnectFailure } from './connect-failure.ts';

const secure = { host: 'broker.plant', port: 8883, isTls: true };
const fail = (code: string | number, stage: ConnectStage, endpoint = secure): EngineError =>
  toConnectFailure(Object.assign(new Error('seen'), { code }), endpoint, stage);

describe('a failure to connect', () => {
  it.each([
    ['ECONNREFUSED', 'tcp', 'mqtt/unreachable'],
    ['EHOSTUNREACH', 'tcp', 'mqtt/unreachable'],
    ['ETIMEDOUT', 'connack', 'mqtt/closed-before-connack'],
    ['ENOTFOUND', 'tcp', 'mqtt/dns'],
    ['EMFILE', 'tcp', 'mqtt/connection-lost'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', 'mqtt/tls-unknown-ca'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'mqtt/tls-host-name'],
    ['CERT_HAS_EXPIRED', 'tls', 'mqtt/tls-expired'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'connack', 'mqtt/client-cert-refused'],
    ['ERR_OSSL_PEM_NO_START_LINE', 'tls', 'mqtt/tls-files'],
    ['ECONNRESET', 'connack', 'mqtt/closed-before-connack'],
    [1, 'connack', 'mqtt/refused-protocol-version'],
    [2, 'connack', 'mqtt/refused-client-id'],
    [3, 'connack', 'mqtt/refused-server-unavailable'],
    [4, 'connack', 'mqtt/refused-bad-user-name-or-password'],
    [5, 'connack', 'mqtt/refused-not-authorized'],
  ] as const)('%s at %s is %s', (code, stage, expected) => {
    expect(fail(code, stage).code).toBe(expected);
  });

  it('is one sentence that names the broker and ends with the next step', () => {
    const { message, context } = fail('ECONNREFUSED', 'tcp');
    expect(message).toBe(
      'broker broker.plant:8883 cannot be reached (ECONNREFUSED); check that the broker runs, and the firewall between',
    );
    expect(`${String(context.text)}; ${String(context.nextStep)}`).toBe(message);
  });

  it('keeps its cause, and passes on an error that already has a code', () => {
    expect(fail('ECONNREFUSED', 'tcp').cause).toMatchObject({ message: 'seen' });
    const known = new EngineError('mqtt/timeout', 'too slow');
    expect(toConnectFailure(known, secure, 'tls')).toBe(known);
  });
});
