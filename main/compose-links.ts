import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { SiteConfig } from '../shared/config/site.ts';
import { dropPrevious } from './certificates/owned-files.ts';
import type { SecretReader } from './config/read-secrets.ts';
import { type BrokerAddress, openBrokerLink } from './mqtt/broker-link.ts';
import type { Clock } from './platform/clock.ts';
import { describeError, EngineError } from './platform/engine-error.ts';
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

type OnOpened = (brokerIndex: number, used: BrokerAddress) => Promise<void>;

/**
 * Opens links to brokers by their place in the list. The address is read for every connection: a certificate that was
 * renewed on disk is used from the next one on, without a restart.
 */
export function toOpenLink(read: ReadAddress, clock: Clock, log: Log, onOpened?: OnOpened): OpenLink {
  return async (brokerIndex, request) => {
    const address = await read(brokerIndex);
    const link = await openBrokerLink(address, request, { clock, log });
    void onOpened?.(brokerIndex, address).catch((error: unknown) =>
      log.warn('the certificate before the last one cannot be removed', { reason: describeError(error) }),
    );
    return link;
  };
}

/** The certificate has worked: what `.previous` kept of the one before goes. */
export function dropPreviousFiles(site: SiteConfig, siteFile: string): OnOpened {
  return async (brokerIndex, { tls: used }) => {
    const files = site.brokers[brokerIndex]?.tls;
    if (files?.cert === undefined || files.key === undefined || used?.cert === undefined) return;
    const at = (path: string): string => resolve(dirname(resolve(siteFile)), path);
    // The key is opened where it is encrypted, so its text says nothing; it belongs to the certificate.
    const isDropped = await dropPrevious([
      { file: at(files.ca), text: used.ca },
      { file: at(files.cert), text: used.cert },
    ]);
    if (isDropped) await rm(`${at(files.key)}.previous`, { force: true });
  };
}
