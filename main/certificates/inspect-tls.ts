/**
 * Looks at what a server shows in a TLS handshake, whoever it is. This is the one connection that does not verify, so
 * that an untrusted chain can be named: it carries no certificate, login or value of ours, and is broken at once.
 */
import { X509Certificate } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { connect as connectNet, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { type Clock, within } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';

export interface InspectTarget {
  readonly host: string;
  readonly port: number;
  /** PostgreSQL is asked for TLS first. */
  readonly startsWith: 'tls' | 'postgres';
  readonly clock: Clock;
  /** For each step; 10 s by default. */
  readonly limitMs?: number;
}

export interface SeenTls {
  readonly version: string;
  readonly cipher: string;
  /** As it was sent, the server's own first. */
  readonly chain: readonly X509Certificate[];
  /** It said so, within the moment that was waited; with none given it may also judge later. */
  readonly wantsClientCertificate: boolean;
}

const LIMIT_MS = 10_000;
/** With TLS 1.3 the demand for a client certificate comes after the handshake has ended. */
const ALERT_WAIT_MS = 300;
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

const fail = (code: string, text: string, nextStep: string, cause?: unknown): EngineError =>
  new EngineError(`certificates/${code}`, `${text} ${nextStep}`, { text, nextStep }, { cause });

/** Addresses of a host. @throws EngineError `certificates/dns` */
export async function resolveHost({ host, clock, limitMs = LIMIT_MS }: InspectTarget): Promise<readonly string[]> {
  const nextStep = 'Check the spelling and the name server of this computer.';
  const slow = (): EngineError => fail('dns', `The name server does not answer for ${host}.`, nextStep);
  try {
    return (await within(clock, limitMs, lookup(host, { all: true }), slow)).map(({ address }) => address);
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw fail('dns', `The name ${host} cannot be resolved (${describeError(cause)}).`, nextStep, cause);
  }
}

/** A connection. @throws EngineError `certificates/unreachable` */
export async function reachTcp({ host, port, clock, limitMs = LIMIT_MS }: InspectTarget): Promise<Socket> {
  const place = `${host}:${port}`;
  const socket = connectNet({ host, port });
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.on('error', reject);
  });
  const slow = (): EngineError => {
    const text = `${place} does not answer within ${limitMs / 1_000} s.`;
    return fail('unreachable', text, 'Check address and firewall: a firewall that drops packets looks like this.');
  };
  try {
    await within(clock, limitMs, opened, slow);
    return socket;
  } catch (cause) {
    socket.destroy();
    if (cause instanceof EngineError) throw cause;
    const isRefused = (cause as { code?: unknown }).code === 'ECONNREFUSED';
    const text = isRefused ? `Nothing listens on ${place}.` : `${place} cannot be reached (${describeError(cause)}).`;
    throw fail('unreachable', text, 'Check that the server runs, the port, and the firewall between.', cause);
  }
}

/** The handshake on an open connection, which is ended. @throws EngineError `certificates/tls-not-spoken`, `certificates/tls-timeout`, `certificates/tls-failed` */
export async function inspectTls(socket: Socket, target: InspectTarget): Promise<SeenTls> {
  const { host, port, clock, limitMs = LIMIT_MS } = target;
  const slow = (): EngineError => {
    const text = `${host}:${port} takes the connection, but does not answer the TLS handshake within ${limitMs / 1_000} s.`;
    return fail('tls-timeout', text, 'The server hangs, or waits for another protocol on this port: look at it there.');
  };
  try {
    return await within(clock, limitMs, shakeHands(socket, target), slow);
  } finally {
    socket.destroy();
  }
}

async function shakeHands(socket: Socket, target: InspectTarget): Promise<SeenTls> {
  if (target.startsWith === 'postgres') await askPostgres(socket, target);
  return new Promise((resolve, reject) => {
    const servername = isIP(target.host) === 0 ? { servername: target.host } : {};
    // The authorities play no part here: the chain is judged by itself afterwards.
    const secure = connectTls({ socket, ...servername, ca: [], rejectUnauthorized: false, minVersion: 'TLSv1.2' });
    let seen: Omit<SeenTls, 'wantsClientCertificate'> | undefined;
    let isAlerted = false;
    const end = (): void => {
      if (seen) resolve({ ...seen, wantsClientCertificate: isAlerted });
    };
    secure.once('secureConnect', () => {
      seen = readSeen(secure);
      target.clock.after(ALERT_WAIT_MS, end);
    });
    secure.on('error', (error: Error & { code?: string }) => {
      isAlerted = /ALERT/.test(error.code ?? '');
      // With TLS 1.2 the alert comes instead of the end of the handshake, but after the chain.
      if (isAlerted) seen ??= readSeen(secure);
      if (seen && seen.chain.length > 0) end();
      else reject(toHandshakeFault(error, target));
    });
    secure.once('close', () =>
      seen ? end() : reject(toHandshakeFault(new Error('it closed the connection'), target)),
    );
  });
}

function readSeen(secure: TLSSocket): Omit<SeenTls, 'wantsClientCertificate'> {
  const chain: X509Certificate[] = [];
  let next = secure.getPeerX509Certificate();
  while (next !== undefined && !chain.some(({ fingerprint256 }) => fingerprint256 === next?.fingerprint256)) {
    chain.push(new X509Certificate(next.raw));
    next = next.issuerCertificate;
  }
  return { version: secure.getProtocol() ?? 'unknown', cipher: secure.getCipher()?.standardName ?? 'unknown', chain };
}

function askPostgres(socket: Socket, { host, port }: InspectTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', (answer) => {
      if (answer.toString('latin1', 0, 1) === 'S') return resolve();
      const text = `The PostgreSQL server ${host}:${port} has TLS off.`;
      reject(fail('tls-not-spoken', text, 'Set ssl = on with ssl_cert_file and ssl_key_file in postgresql.conf.'));
    });
    socket.write(SSL_REQUEST);
  });
}

function toHandshakeFault(error: Error & { code?: string }, { host, port }: InspectTarget): EngineError {
  const code = error.code ?? '';
  const isOther = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(code);
  if (isOther || code === 'ECONNRESET' || code === '') {
    const text = `${host}:${port} does not answer in TLS (${isOther ? 'its answer is something else' : describeError(error)}).`;
    return fail('tls-not-spoken', text, 'Check the port: 8883 is usual for mqtts, 1883 for mqtt without TLS.', error);
  }
  const text = `The TLS handshake with ${host}:${port} fails: ${describeError(error)} (${code}).`;
  return fail(
    'tls-failed',
    text,
    'The server may only offer versions before TLS 1.2 or ciphers that we refuse.',
    error,
  );
}
