import { describeError, EngineError, type EngineErrorCode } from '../platform/engine-error.ts';
import { type BrokerEndpoint, nameEndpoint } from './broker-address.ts';

/** How far an attempt to connect had come; tells an alert of the broker from a fault of ours. */
export type ConnectStage = 'tcp' | 'tls' | 'connack';

interface Finding {
  readonly code: EngineErrorCode;
  readonly text: string;
  readonly nextStep: string;
}

/** Return codes of CONNACK (MQTT 3.1.1, table 3.1). */
const REFUSALS: Readonly<Record<number, Finding>> = {
  1: {
    code: 'mqtt/refused-protocol-version',
    text: 'does not speak MQTT 3.1.1',
    nextStep: 'allow MQTT 3.1.1 on the broker',
  },
  2: {
    code: 'mqtt/refused-client-id',
    text: 'refuses our client id',
    nextStep: 'check the names of group, node and host against the rules of the broker',
  },
  3: {
    code: 'mqtt/refused-server-unavailable',
    text: 'answers that it is not available',
    nextStep: 'look at the log of the broker',
  },
  4: {
    code: 'mqtt/refused-bad-user-name-or-password',
    text: 'refuses user name or password',
    nextStep: 'check userName and passwordFile',
  },
  5: {
    code: 'mqtt/refused-not-authorized',
    text: 'answers that we are not authorized',
    nextStep: 'give this client access on the broker, or name its user or certificate',
  },
};

const UNKNOWN_CA = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
]);

const UNREACHABLE = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ETIMEDOUT|EADDRNOTAVAIL|EACCES)$/;

function findTlsFault(code: string, stage: ConnectStage): Finding | undefined {
  if (UNKNOWN_CA.has(code)) {
    return {
      code: 'mqtt/tls-unknown-ca',
      text: 'shows a certificate that tls.ca did not issue',
      nextStep: 'put the authority that signed the certificate of the broker into tls.ca',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      code: 'mqtt/tls-host-name',
      text: 'shows a certificate made out to another host name',
      nextStep: 'use a name that the certificate lists, or have it issued with this one',
    };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return {
      code: code === 'CERT_HAS_EXPIRED' ? 'mqtt/tls-expired' : 'mqtt/tls-not-yet-valid',
      text: `shows a certificate that ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'}`,
      nextStep: 'renew the certificate of the broker, and compare the clocks of both machines',
    };
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return {
      code: 'mqtt/tls-not-spoken',
      text: 'does not answer in TLS',
      nextStep: 'check the port: 8883 is usual for mqtts, 1883 for mqtt',
    };
  }
  // An alert is the broker's word about us. With TLS 1.3 it comes after our handshake has ended.
  if (/^ERR_SSL_.*ALERT/.test(code)) {
    return {
      code: 'mqtt/client-cert-refused',
      text: `refuses our client certificate (${code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')})`,
      nextStep: 'name a certificate and key in tls.cert and tls.key that the authority of the broker has issued',
    };
  }
  if (stage === 'tls' && /^ERR_(SSL|OSSL|CRYPTO)_/.test(code)) {
    return {
      code: 'mqtt/tls-files',
      text: `could not be asked: our certificate files cannot be used (${code})`,
      nextStep: 'check that tls.ca, tls.cert and tls.key are PEM files and that certificate and key belong together',
    };
  }
  return undefined;
}

function find(error: unknown, endpoint: BrokerEndpoint, stage: ConnectStage): Finding {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'number' && REFUSALS[code]) return REFUSALS[code];
  const name = typeof code === 'string' ? code : '';
  if (name === 'ENOTFOUND' || name === 'EAI_AGAIN' || name === 'EAI_NODATA') {
    return {
      code: 'mqtt/dns',
      text: 'has a host name that cannot be resolved',
      nextStep: 'check the spelling and the name server of this machine',
    };
  }
  if (stage === 'tcp' && UNREACHABLE.test(name)) {
    return {
      code: 'mqtt/unreachable',
      text: `cannot be reached (${name})`,
      nextStep: 'check that the broker runs, and the firewall between',
    };
  }
  const tlsFault = endpoint.isTls ? findTlsFault(name, stage) : undefined;
  if (tlsFault) return tlsFault;
  if (stage !== 'tcp') {
    return {
      code: 'mqtt/closed-before-connack',
      text: 'closed the connection without an answer',
      nextStep: endpoint.isTls
        ? 'check that the broker accepts our client certificate'
        : 'check that the port speaks MQTT without TLS and that the broker admits this client',
    };
  }
  return {
    code: 'mqtt/connection-lost',
    text: `could not be connected (${describeError(error)})`,
    nextStep: 'look at the log of the broker',
  };
}

/**
 * Any failure on the way to CONNACK as one coded error; the message ends with what to do next. After `mqtt/dns`,
 * `mqtt/unreachable` and the `mqtt/tls-…` codes no CONNECT has been sent.
 */
export function toConnectFailure(error: unknown, endpoint: BrokerEndpoint, stage: ConnectStage): EngineError {
  if (error instanceof EngineError) return error;
  const { code, text, nextStep } = find(error, endpoint, stage);
  return connectFailure(code, endpoint, text, nextStep, error);
}

/** Error about a broker: `context.text` and `context.nextStep` hold the two halves of the message. */
export function connectFailure(
  code: EngineErrorCode,
  endpoint: BrokerEndpoint,
  text: string,
  nextStep: string,
  cause?: unknown,
): EngineError {
  const finding = `broker ${nameEndpoint(endpoint)} ${text}`;
  const context = { host: endpoint.host, port: endpoint.port, text: finding, nextStep };
  return new EngineError(code, `${finding}; ${nextStep}`, context, { cause });
}
