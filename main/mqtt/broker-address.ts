import { EngineError } from '../platform/engine-error.ts';

/** Where the broker is and what is shown to it. Secrets stay here: they are never part of the URL or a log line. */
export interface BrokerAddress {
  /** `mqtt://host:port` or `mqtts://host:port`; ports default to 1883 and 8883. */
  readonly url: string;
  /** PEM texts. The given authority is the only one trusted. Needed for `mqtts`. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  readonly userName?: string;
  readonly password?: string;
}

export interface BrokerEndpoint {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/**
 * Host, port and kind of connection of an address.
 * @throws EngineError `mqtt/url` when it is not a broker's URL, `mqtt/tls-files` when `mqtts` has no authority.
 */
export function parseBrokerAddress(address: BrokerAddress): BrokerEndpoint {
  const url = URL.canParse(address.url) ? new URL(address.url) : undefined;
  if (!url || (url.protocol !== 'mqtt:' && url.protocol !== 'mqtts:') || url.hostname === '') {
    throw new EngineError(
      'mqtt/url',
      `"${address.url}" is no broker address; write mqtt://host:port or mqtts://host:port`,
    );
  }
  const isTls = url.protocol === 'mqtts:';
  if (isTls && address.tls === undefined) {
    throw new EngineError(
      'mqtt/tls-files',
      `${address.url} needs a certificate authority; name the broker's in tls.ca`,
    );
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? (isTls ? 8883 : 1883) : Number(url.port), isTls };
}

/** `host:port`, for a sentence a person reads. */
export const nameEndpoint = ({ host, port }: BrokerEndpoint): string => `${host}:${port}`;
