import type { SiteConfig } from '../../shared/config/site.ts';
import { EngineError } from '../platform/engine-error.ts';

const SECRET_PARAMETER = /pass|secret|token|key/i;

function holdsSecret(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return url.password !== '' || [...url.searchParams.keys()].some((name) => SECRET_PARAMETER.test(name));
}

/**
 * What is recorded is read by people, compared and backed up for years.
 * @throws EngineError `config/secret-in-site` when an address has a password in it.
 */
export function refuseSecrets({ brokers, opcuaServers, historian }: SiteConfig): void {
  const addresses = [
    ...brokers.map(({ url }, index) => [`brokers[${index}].url`, url] as const),
    ...opcuaServers.map(({ id, endpointUrl }) => [`opcuaServers[${id}].endpointUrl`, endpointUrl] as const),
    ...(historian === undefined ? [] : [['historian.url', historian.url] as const]),
  ];
  const found = addresses.filter(([, address]) => holdsSecret(address)).map(([field]) => field);
  if (found.length === 0) return;
  throw new EngineError(
    'config/secret-in-site',
    `${found.join(', ')} has a password in it: write it into a file and name that one after passwordFile`,
    { fields: found },
  );
}
