import { describeError, EngineError, type EngineErrorCode } from '../platform/engine-error.ts';
import type { OpcuaEndpointOptions } from './opcua-source-options.ts';

interface FailureRule {
  readonly pattern: RegExp;
  readonly code: EngineErrorCode;
  readonly what: string;
  readonly nextStep: string;
}

/** First match wins. node-opcua tells failures by status name or system error inside the message. */
const RULES: readonly FailureRule[] = [
  {
    pattern: /BadIdentityToken|BadUserAccessDenied|BadUserSignatureInvalid|BadNoValidCertificates/,
    code: 'opcua/login-refused',
    what: 'refuses the login',
    nextStep: 'check user name and password file (or the user certificate) of this server in the site file.',
  },
  {
    pattern: /BadTooManySessions|BadMaxConnectionsReached|BadTcpNotEnoughResources/,
    code: 'opcua/too-many-sessions',
    what: 'has no session left',
    nextStep: 'close other clients of this server or raise its session limit.',
  },
  {
    pattern: /BadSecurityChecksFailed|BadCertificate|BadSecurityPolicyRejected|BadApplicationSignatureInvalid/,
    code: 'opcua/client-cert-refused',
    what: 'refuses our certificate',
    nextStep: 'let the server trust the certificate {ownCertificate}.',
  },
  {
    pattern: /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|socket has been/i,
    code: 'opcua/unreachable',
    what: 'cannot be reached',
    nextStep: 'check that the server runs, the address and port in the site file, and the firewall between.',
  },
  {
    pattern: /timeout|timed out|Transaction has timed|BadTimeout|BadRequestTimeout|premature/i,
    code: 'opcua/unreachable',
    what: 'does not answer in time',
    nextStep: 'check that the server is not overloaded or hung, and the network between.',
  },
];

/** Path of our own certificate inside the trust folder, as people are told it. */
export const ownCertificatePath = (trustFolder: string): string => `${trustFolder}/own/certs/client_certificate.pem`;

/**
 * Anything thrown while connecting as an EngineError of this room: which server, what is wrong, what to do.
 * An EngineError passes as it is.
 */
export function toOpcuaFailure(cause: unknown, options: OpcuaEndpointOptions): EngineError {
  if (cause instanceof EngineError) return cause;
  const text = describeError(cause);
  const context = { serverId: options.serverId, endpointUrl: options.endpointUrl };
  const server = `The OPC UA server ${options.serverId} (${options.endpointUrl})`;
  const detail = firstLine(text);
  const rule = RULES.find((candidate) => candidate.pattern.test(text));
  if (rule === undefined) {
    return new EngineError(
      'opcua/connect-failed',
      `${server} cannot be used: ${detail}. Next: run \`lineside check\` to see which step fails.`,
      context,
      { cause },
    );
  }
  const nextStep = rule.nextStep.replace('{ownCertificate}', ownCertificatePath(options.trustFolder));
  return new EngineError(rule.code, `${server} ${rule.what}: ${detail}. Next: ${nextStep}`, context, { cause });
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').trim().replace(/\.$/, '').slice(0, 200);
