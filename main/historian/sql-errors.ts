import { describeError, isEngineError } from '../platform/engine-error.ts';

/** Our statement timeout, on a server that is slow now or that was given too much at once. */
export const QUERY_CANCELED = '57014';

/** SQLSTATE classes (PostgreSQL manual, appendix A) and single codes after which the same statement may succeed. */
const RETRIABLE_CLASSES = [
  '08', // connection exception
  '53', // insufficient resources: too many connections, disk full, out of memory
  '57P', // shut down (01), crashed (02), starting or recovering (03), database dropped (04), idle too long (05)
];
const RETRIABLE_STATES = [
  '40001', // serialization failure
  '40003', // statement completion unknown: a repeated row is no harm
  '40P01', // deadlock detected
  '55006', // object in use
  '55P03', // lock not available, also our lock timeout
  '25P03', // idle in a transaction for too long: a network that hung in the middle of one
  '25P04', // transaction timeout
  '25006', // read-only transaction: connected to a standby during a failover
  '58030', // the disk of the server failed to read or write
  QUERY_CANCELED,
];
/**
 * Internal errors (XX000) that come of a chunk being compressed, dropped or refreshed by a policy at the same moment:
 * its catalog rows have changed under the statement.
 */
const CATALOG_RACE = /^tuple concurrently |^could not open relation with OID|^cache lookup failed for/;
/** Classes that blame the values of a row: data exception, integrity violation, program limit exceeded. */
const ROW_FAULT_CLASSES = ['22', '23', '54'];
/**
 * Configuration limit exceeded: a batch into compressed chunks opens more of them than one transaction may. Half of it
 * may fit; repeated as it is, it would fail for ever.
 */
const BATCH_FAULT_STATES = ['53400'];

const SOCKET_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
];
/** The driver gives these no code; texts of pg 8.23 and pg-pool 3. */
const DRIVER_TEXTS = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error',
  'Cannot use a pool after calling end',
];

/** SQLSTATE of an error of the server, or undefined when the server did not say anything. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && hasSeverity(error) ? code : undefined;
}

/** True when the same statement may succeed later: the connection was at fault, or the server's load. */
export function isRetriable(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined) {
    if (BATCH_FAULT_STATES.includes(sqlState)) return false;
    if (sqlState === 'XX000') return CATALOG_RACE.test(describeError(error));
    return RETRIABLE_STATES.includes(sqlState) || RETRIABLE_CLASSES.some((part) => sqlState.startsWith(part));
  }
  return isConnectionLoss(error);
}

/** True when there is no connection: the server was not reached, or it ended the session. */
function isConnectionLoss(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined) return sqlState.startsWith('08') || sqlState.startsWith('57P') || sqlState === '53300';
  // Node reports several tried addresses (localhost as ::1 and 127.0.0.1) as one AggregateError.
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss);
  const code = codeOf(error);
  if (code !== undefined && SOCKET_CODES.includes(code)) return true;
  const text = describeError(error);
  return DRIVER_TEXTS.some((part) => text.includes(part));
}

/** True when there is no session to send statements in: connection lost, login refused, TLS refused. */
export function hasNoSession(error: unknown): boolean {
  if (isConnectionLoss(error)) return true;
  const sqlState = sqlStateOf(error);
  // 28 invalid authorization, 3D invalid catalog name: the server's answers to a login.
  return sqlState === undefined ? !isEngineError(error) : /^(28|3D)/.test(sqlState);
}

/** True when the values of a row are refused, or a batch is too much at once: smaller parts of it may be fine. */
export function isRowFault(error: unknown): boolean {
  const sqlState = sqlStateOf(error);
  if (sqlState === undefined) return false;
  return ROW_FAULT_CLASSES.includes(sqlState.slice(0, 2)) || BATCH_FAULT_STATES.includes(sqlState);
}

/** One sentence of any driver error; an AggregateError has an empty message of its own. */
export function describeSqlError(error: unknown): string {
  const text = error instanceof AggregateError ? describeError(error.errors[0]) : describeError(error);
  const sqlState = sqlStateOf(error);
  return sqlState === undefined ? text : `${text} (SQLSTATE ${sqlState})`;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Only errors that the server sent have a severity; `EPIPE` would otherwise pass for a SQLSTATE. */
const hasSeverity = (error: unknown): boolean => typeof error === 'object' && error !== null && 'severity' in error;
