import { composeHistorian } from './compose-historian.ts';
import { composeOee, type OeeStage, toOeeSite } from './compose-oee.ts';
import { readSiteFile } from './config/read-site-file.ts';
import type { OeeSite } from './oee/oee-site.ts';
import { systemClock } from './platform/clock.ts';
import { silentLog } from './platform/log.ts';

/**
 * The desk of a site file for one-shot commands, on the historian alone: what only a running gateway knows (which
 * machine is away at this moment) is not in its answers. The caller closes it.
 * @throws EngineError `config/…`, and `cli/usage` when the site names no historian.
 */
export async function openOeeDesk(
  configFile: string,
): Promise<{ readonly site: OeeSite; readonly desk: OeeStage['desk']; close(): Promise<void> }> {
  const site = toOeeSite(await readSiteFile(configFile));
  const historian = await composeHistorian(configFile);
  const { live, desk } = composeOee(site, historian, systemClock, silentLog);
  try {
    await live.load();
  } catch (error) {
    await historian.close();
    throw error;
  }
  return { site, desk, close: () => historian.close() };
}
