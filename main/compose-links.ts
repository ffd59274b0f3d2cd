import type { SiteConfig } from '../shared/config/site.ts';
import type { SecretReader } from './config/read-secrets.ts';
import { type BrokerAddress, openBrokerLink } from './mqtt/broker-link.ts';
import type { Clock } from './platform/clock.ts';
import { EngineError } from './platform/engine-error.ts';
import type { Log } from './platform/log.ts';
import type { OpenLink } from './sparkplug/sparkplug-link.ts';

/**
 * Address and secrets of a broker of the site, its files read now.
 * @throws EngineError `config/file-missing`, `config/secret-open-to-others`, `mqtt/no-broker`.
 */
export async function readBroker(site: SiteConfig, index: number, secrets: SecretReader): Promise<BrokerAddress> {
  const broker = site.brokers[index];
  if (broker === undefined) throw new EngineError('mqtt/no-broker', `there is no broker ${index}`);
  const tls = await secrets.readTls(broker.tls, `broker ${broker.url}`);
  const password = await secrets.readPassword(broker.passwordFile, `password for ${broker.url}`);
  return {
    url: broker.url,
    ...(tls === undefined ? {} : { tls }),
    ...(broker.userName === undefined ? {} : { userName: broker.userName }),
    ...(password === undefined ? {} : { password }),
  };
}

/** Gives the address of a broker by its place in the list. */
type ReadAddress = (brokerIndex: number) => Promise<BrokerAddress>;

/**
 * Opens links to brokers by their place in the list. The address is read for every connection: a certificate that was
 * renewed on disk is used from the next one on, without a restart.
 */
export function toOpenLink(read: ReadAddress, clock: Clock, log: Log): OpenLink {
  return async (brokerIndex, request) => openBrokerLink(await read(brokerIndex), request, { clock, log });
}
