import { isAbsolute } from 'node:path';
import type { TlsFiles } from '../../shared/config/connections.ts';
import type { SiteConfig } from '../../shared/config/site.ts';

const ofTls = (tls: TlsFiles | undefined): (string | undefined)[] => [
  tls?.ca,
  tls?.cert,
  tls?.key,
  tls?.keyPassphraseFile,
];

/** The files that a site names by a path relative to its own: in another folder it would mean others. */
export function findRelativeFiles({ brokers, opcuaServers, historian }: SiteConfig): string[] {
  const named = [
    ...brokers.flatMap(({ tls, passwordFile }) => [...ofTls(tls), passwordFile]),
    ...opcuaServers.flatMap(({ identity }) => {
      if (identity.type === 'user-name') return [identity.passwordFile];
      return identity.type === 'certificate' ? [identity.cert, identity.key, identity.keyPassphraseFile] : [];
    }),
    ...ofTls(historian?.tls),
    historian?.passwordFile,
  ];
  return named.filter((path) => path !== undefined && !isAbsolute(path)) as string[];
}
