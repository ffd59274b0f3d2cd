import { rename, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { SiteConfig } from '../../shared/config/site.ts';

/** Writes a site file as a whole: a reader sees the old one or the new one. */
export async function writeSiteFile(file: string, site: SiteConfig): Promise<void> {
  await writeFile(`${file}.new`, stringify(site, { lineWidth: 120 }), { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
