import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { TlsFiles } from '../../shared/config/connections.ts';
import type { SiteConfig } from '../../shared/config/site.ts';
import type { WatchedPlace } from '../certificates/certificate-watch.ts';
import type { InstallTarget } from '../certificates/install-certificate.ts';
import { EngineError } from '../platform/engine-error.ts';
import { readCount } from './read-arguments.ts';

/** A connection of the site that has files for TLS. */
export interface SiteLink {
  readonly name: string;
  readonly stage: WatchedPlace['stage'];
  readonly tls: TlsFiles | undefined;
}

/** Under which the certificate of the gateway is made out to OPC UA servers. */
export const ownApplicationUri = (): string => `urn:${hostname()}:lineside`;

/** Our own OPC UA certificate in the data folder of a gateway. */
export function toOpcuaTarget(dataFolder: string): InstallTarget {
  const own = (path: string): string => resolve(dataFolder, 'opcua-pki', 'own', path);
  return {
    // Not among the issuers: whoever it signed would be trusted as a server from then on.
    ca: own('issuer.pem'),
    cert: own('certs/client_certificate.pem'),
    key: own('private/private_key.pem'),
    applicationUri: ownApplicationUri(),
  };
}

export interface LinkChoice {
  /** Place in the list of brokers, as text. */
  readonly broker?: string | undefined;
  readonly historian?: boolean | undefined;
}

const toLinks = ({ brokers, historian }: SiteConfig): readonly SiteLink[] => [
  ...brokers.map(({ url, tls }) => ({ name: url, stage: 'broker' as const, tls })),
  ...(historian === undefined ? [] : [{ name: 'the historian', stage: 'historian' as const, tls: historian.tls }]),
];

/** The link that is meant; the first broker where nothing is said. @throws EngineError `cli/usage` */
export function chooseLink(site: SiteConfig, choice: LinkChoice): SiteLink {
  if (choice.historian === true) {
    if (site.historian !== undefined) return { name: 'the historian', stage: 'historian', tls: site.historian.tls };
    throw new EngineError('cli/usage', 'the site file names no historian');
  }
  const index = readCount(choice.broker, 'broker', 0) ?? 0;
  const broker = site.brokers[index];
  if (broker !== undefined) return { name: broker.url, stage: 'broker', tls: broker.tls };
  throw new EngineError('cli/usage', `there is no broker ${index}; the site file has 0 to ${site.brokers.length - 1}`);
}

/** @throws EngineError `certificates/no-place` where the site file names no client certificate for this link. */
export function toInstallTarget(siteFile: string, { name, tls }: SiteLink): InstallTarget {
  if (tls?.cert === undefined || tls.key === undefined) {
    const text = `the site file names no client certificate for ${name}; add tls.ca, tls.cert and tls.key there first`;
    throw new EngineError('certificates/no-place', text, { link: name });
  }
  const folder = dirname(resolve(siteFile));
  return { ca: resolve(folder, tls.ca), cert: resolve(folder, tls.cert), key: resolve(folder, tls.key) };
}

/** Every certificate that a site file names. */
export function toSitePlaces(siteFile: string, site: SiteConfig): WatchedPlace[] {
  const folder = dirname(resolve(siteFile));
  const ofLink = ({ name, stage, tls }: SiteLink): WatchedPlace[] => [
    ...(tls?.cert === undefined
      ? []
      : [{ stage, path: resolve(folder, tls.cert), role: `our certificate for ${name} (tls.cert)` }]),
    ...(tls === undefined ? [] : [{ stage, path: resolve(folder, tls.ca), role: `trusted for ${name} (tls.ca)` }]),
  ];
  const ofUsers = site.opcuaServers.flatMap(({ id, identity }): WatchedPlace[] =>
    identity.type === 'certificate'
      ? [{ stage: 'servers', path: resolve(folder, identity.cert), role: `our user certificate for server ${id}` }]
      : [],
  );
  return [...toLinks(site).flatMap(ofLink), ...ofUsers];
}

/** The OPC UA certificates in the data folder of a gateway: its own and those of servers, also refused ones if asked. */
export function toOpcuaPlaces(dataFolder: string, withRefused: boolean): WatchedPlace[] {
  const pki = resolve(dataFolder, 'opcua-pki');
  const at = (path: string, role: string): WatchedPlace => ({
    stage: 'servers',
    path: resolve(pki, path),
    role,
    isOptional: true,
  });
  return [
    at('own/certs', 'our own OPC UA certificate'),
    at('trusted/certs', 'trusted OPC UA server'),
    at('issuers/certs', 'authority of OPC UA servers'),
    ...(withRefused ? [at('rejected', 'REFUSED OPC UA server')] : []),
  ];
}

/** Lists of revoked certificates on this computer: of the site's authority, where it is here, and of OPC UA. */
export function toRevocationPlaces(dataFolder: string): WatchedPlace[] {
  const at = (path: string, stage: WatchedPlace['stage'], role: string): WatchedPlace => ({
    stage,
    path: resolve(dataFolder, path),
    role,
    isRevocations: true,
  });
  return [
    at('authority/crl.pem', 'broker', 'what the authority of this site has revoked'),
    at('opcua-pki/trusted/crl', 'servers', 'what the authority of an OPC UA server has revoked'),
    at('opcua-pki/issuers/crl', 'servers', 'what the authority of an OPC UA server has revoked'),
  ];
}
