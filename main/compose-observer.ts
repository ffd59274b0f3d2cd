import { randomBytes } from 'node:crypto';
import type { NamedBroker } from './commands/broker-options.ts';
import { SecretReader } from './config/read-secrets.ts';
import { openBrokerLink } from './mqtt/broker-link.ts';
import { systemClock } from './platform/clock.ts';
import { silentLog } from './platform/log.ts';
import { HostObserver, type ObserverListener } from './sparkplug/host-observer.ts';

const KEEP_ALIVE_S = 10;

export interface ObserverOptions {
  readonly named: NamedBroker;
  readonly groupId: string | undefined;
  readonly edgeNodeId: string | undefined;
  readonly isAsking: boolean;
}

/**
 * An observer of a plant on one broker, not yet started. Its client id is its own each time, so that it throws nobody
 * out.
 * @throws EngineError `config/file-missing`, `config/secret-open-to-others` where a file of the broker is not right.
 */
export async function composeObserver(options: ObserverOptions, listener: ObserverListener): Promise<HostObserver> {
  const { broker, besides } = options.named;
  const secrets = new SecretReader(besides);
  const tls = await secrets.readTls(broker.tls, `broker ${broker.url}`);
  const password = await secrets.readPassword(broker.passwordFile, `password for ${broker.url}`);
  const address = {
    url: broker.url,
    ...(tls === undefined ? {} : { tls }),
    ...(broker.userName === undefined ? {} : { userName: broker.userName }),
    ...(password === undefined ? {} : { password }),
  };
  const clientId = `lineside-watch-${randomBytes(6).toString('hex')}`;
  const request = { clientId, keepAliveS: KEEP_ALIVE_S };
  return new HostObserver(
    {
      open: () => openBrokerLink(address, request, { clock: systemClock, log: silentLog }),
      groupId: options.groupId,
      edgeNodeId: options.edgeNodeId,
      isAsking: options.isAsking,
      clock: systemClock,
      random: Math.random,
    },
    listener,
  );
}
