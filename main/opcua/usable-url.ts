import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { type Clock, within } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';

/** A URL to connect to, and why it is not the one the server tells of itself. */
export interface UsableUrl {
  readonly usableUrl: string;
  readonly urlHint: string | null;
}

const LOOKUP_LIMIT_MS = 2_000;
const THIS_COMPUTER = /^(localhost|127\.[\d.]+|::1|0\.0\.0\.0|::)$/i;

/** True when the name leads to an address from here. */
export type HostLookup = (host: string) => Promise<boolean>;

/** Asks the resolver of this computer, two seconds at most; asks for each name once. */
export function createHostLookup(clock: Clock): HostLookup {
  const asked = new Map<string, Promise<boolean>>();
  const ask = async (host: string): Promise<boolean> => {
    try {
      await within(clock, LOOKUP_LIMIT_MS, lookup(host), () => new Error('takes too long'));
      return true;
    } catch {
      return false;
    }
  };
  return (host) => {
    const answer = asked.get(host) ?? ask(host);
    asked.set(host, answer);
    return answer;
  };
}

/** @throws EngineError `opcua/url-invalid` when it is no `opc.tcp://host:port` URL. */
export function parseEndpointUrl(url: string): URL {
  try {
    const parsed = new URL(url.replace(/^opc\.tcp:/i, 'http:'));
    if (!/^opc\.tcp:\/\/[^/]/i.test(url) || /\s/.test(url)) throw new Error('another kind of URL');
    return parsed;
  } catch (cause) {
    throw new EngineError(
      'opcua/url-invalid',
      `"${url}" is not the URL of an OPC UA server. Next: write it as opc.tcp://host:port, mostly port 4840.`,
      { url },
      { cause },
    );
  }
}

const hostOf = (url: string): string => parseEndpointUrl(url).hostname.replace(/^\[|\]$/g, '');

/** The same URL at another host, letter by letter else. */
const replaceHost = (url: string, host: string): string =>
  url.replace(/^(opc\.tcp:\/\/)(\[[^\]]*\]|[^:/]+)/i, `$1${isIP(host) === 6 ? `[${host}]` : host}`);

/**
 * What to make of a URL that a server tells of itself. Servers tell the name their own computer has, which means
 * nothing elsewhere; then the host by which the server was reached takes its place.
 *
 * @param reachedUrl where the answer came from.
 */
export async function adviseUrl(url: string, reachedUrl: string, lookupHost: HostLookup): Promise<UsableUrl> {
  let host: string;
  try {
    host = hostOf(url);
  } catch {
    return { usableUrl: url, urlHint: 'this is no opc.tcp URL' };
  }
  const reachedHost = hostOf(reachedUrl);
  if (host === reachedHost) return { usableUrl: url, urlHint: null };
  const usableUrl = replaceHost(url, reachedHost);
  if (THIS_COMPUTER.test(host) && !THIS_COMPUTER.test(reachedHost)) {
    return { usableUrl, urlHint: `the server calls its own computer ${host}, which is another one from here` };
  }
  if (isIP(host) !== 0 || (await lookupHost(host))) return { usableUrl: url, urlHint: null };
  return { usableUrl, urlHint: `the host name ${host} cannot be resolved from here` };
}
