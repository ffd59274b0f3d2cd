import { SecretReader } from './config/read-secrets.ts';
import { readSiteFile } from './config/read-site-file.ts';
import { type Historian, openHistorian } from './historian/open-historian.ts';
import { systemClock } from './platform/clock.ts';
import { EngineError } from './platform/engine-error.ts';
import { silentLog } from './platform/log.ts';

/**
 * The historian of a site file, for one-shot commands; the caller closes it. Does not connect yet.
 * @throws EngineError `config/…`, and `cli/usage` when the site names no historian.
 */
export async function composeHistorian(configFile: string): Promise<Historian> {
  const { historian } = await readSiteFile(configFile);
  if (historian === undefined) {
    throw new EngineError('cli/usage', `${configFile} names no historian: this gateway only sends`);
  }
  const secrets = new SecretReader(configFile);
  const password = await secrets.readPassword(historian.passwordFile, 'password for the historian');
  const tls = await secrets.readTls(historian.tls, 'the historian');
  return openHistorian({
    url: historian.url,
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
    maxConnections: 1,
    storage: historian,
    clock: systemClock,
    log: silentLog,
  });
}
