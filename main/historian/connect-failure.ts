import type { EngineErrorCode } from '../platform/engine-error.ts';
import { isEngineError } from '../platform/engine-error.ts';
import { describeSqlError, sqlStateOf } from './sql-errors.ts';

export interface ConnectFailure {
  readonly code: EngineErrorCode;
  readonly text: string;
  readonly nextStep: string;
}

/** Codes of Node's TLS for a peer that cannot be trusted; the driver passes them on. */
const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO|HOSTNAME|^ERR_TLS|^ERR_SSL|^EPROTO/;

/** What stands between us and the database, as a code, a sentence and what to do about it. */
export function describeConnectFailure(error: unknown): ConnectFailure {
  const text = isEngineError(error) ? error.message : describeSqlError(error);
  if (isEngineError(error)) return { code: error.code, text, nextStep: 'Follow the message.' };
  const sqlState = sqlStateOf(error);
  if (sqlState === undefined) return describeUnanswered(error, text);
  if (sqlState.startsWith('28')) return refusedLogin(text);
  if (sqlState === '3D000') {
    return {
      code: 'historian/no-database',
      text,
      nextStep: 'Create the database, or correct its name in historian.url.',
    };
  }
  if (sqlState === '53300') {
    return {
      code: 'historian/too-many-connections',
      text,
      nextStep: 'Raise max_connections of the server, or end programs that hold connections.',
    };
  }
  return { code: 'historian/unavailable', text, nextStep: 'Look into the log of the PostgreSQL server.' };
}

const refusedLogin = (text: string): ConnectFailure => ({
  code: 'historian/login-refused',
  text,
  nextStep: 'Check the user in historian.url, the file in historian.passwordFile, and pg_hba.conf of the server.',
});

function describeUnanswered(error: unknown, text: string): ConnectFailure {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CERTIFICATE_CODES.test(code) || text.includes('does not support SSL')) {
    return {
      code: 'historian/tls',
      text,
      nextStep:
        'Check that historian.tls.ca is the authority of the server’s certificate, and that the server has TLS on.',
    };
  }
  // The driver ends a login by itself when it has no password, or when the server does not know it either.
  if (text.startsWith('SASL')) return refusedLogin(text);
  return {
    code: 'historian/unreachable',
    text,
    nextStep: 'Check host and port in historian.url, that the server runs, and the firewall between.',
  };
}
