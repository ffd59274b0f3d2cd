import type { PoolConfig } from 'pg';
import { EngineError } from '../platform/engine-error.ts';

/** PEM texts, not file names. With them only this authority is trusted. */
interface HistorianTls {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface HistorianAddress {
  /** `postgres://user@host:port/database`, with `?sslmode=require` for TLS with the system's authorities. */
  readonly url: string;
  readonly password?: string;
  readonly tls?: HistorianTls;
}

export const CONNECT_TIMEOUT_MS = 5_000;
/** The server ends a statement after this; a batch of 10,000 rows takes a fraction of a second. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Ours is later than the server's, so that it only ends what the server no longer answers (a cut network). */
export const QUERY_MARGIN_MS = 5_000;
const QUERY_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + QUERY_MARGIN_MS;
const POSTGRES_PORT = 5_432;

/** Host and port of the address, without the password: for messages and for the first step of a probe. */
export function toHostAndPort(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = parseUrl(url);
  // The brackets of an IPv6 address belong to the URL, not to the address.
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? POSTGRES_PORT : Number(port) };
}

/**
 * Options of the driver. The URL is taken apart here, because the driver lets an `sslmode` in the URL
 * switch off the check of the certificate that `tls` asks for.
 *
 * @throws EngineError `historian/address` when the URL cannot be read.
 */
export function toPoolConfig(address: HistorianAddress): PoolConfig {
  const url = parseUrl(address.url);
  const { host, port } = toHostAndPort(address.url);
  const password = address.password ?? decodeURIComponent(url.password);
  const ssl = toSsl(address.tls, url.searchParams.get('sslmode'));
  return {
    host,
    port,
    user: decodeURIComponent(url.username),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(password === '' ? {} : { password }),
    ...(ssl === undefined ? {} : { ssl }),
    application_name: 'lineside',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
  };
}

function parseUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (/^postgres(ql)?:$/.test(url.protocol) && url.hostname !== '') return url;
  } catch {
    // The sentence below says more than the parser's.
  }
  throw new EngineError('historian/address', 'the historian’s url is not postgres://user@host:port/database');
}

function toSsl(tls: HistorianTls | undefined, sslMode: string | null): PoolConfig['ssl'] {
  if (tls !== undefined) return { ...tls, rejectUnauthorized: true };
  // Every mode that asks for TLS gets it verified; encryption with an unknown peer protects from nobody.
  const isWanted = sslMode !== null && ['require', 'verify-ca', 'verify-full'].includes(sslMode);
  return isWanted ? { rejectUnauthorized: true } : undefined;
}
