import { realpath, rename, stat, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { SiteConfig } from '../../shared/config/site.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';

/** A site as the text of its file. */
export const toSiteText = (site: SiteConfig): string => stringify(site, { lineWidth: 120 });

/** Writes a site file as a whole: a reader sees the old one or the new one. */
export async function writeSiteFile(file: string, site: SiteConfig): Promise<void> {
  await writeFile(`${file}.new`, toSiteText(site), { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}

/**
 * Gives a site file that is there another text, as a whole; its rights stay.
 * @throws EngineError `config/not-written`; then the old text is there.
 */
export async function replaceSiteFile(file: string, text: string): Promise<void> {
  try {
    // Through a link, whose target is the file that is meant.
    const target = await realpath(file);
    const { mode } = await stat(target);
    await writeFile(`${target}.new`, text, { mode: mode & 0o777, flush: true });
    await rename(`${target}.new`, target);
  } catch (cause) {
    const why = `the site file ${file} cannot be replaced (${describeError(cause)}); nothing was changed`;
    throw new EngineError('config/not-written', why, { file }, { cause });
  }
}
