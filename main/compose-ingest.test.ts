import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { toHoldTimeMs } from './compose-ingest.ts';
import { readSiteFile } from './config/read-site-file.ts';

const DEMO_SITE = fileURLToPath(new URL('../resources/sites/demo.yaml', import.meta.url));

describe('the hold time', () => {
  it('outlasts the notice of a dead host, the wait for a message before, and the commit deadline', async () => {
    const site = await readSiteFile(DEMO_SITE);
    const sparkplug = { ...site.sparkplug, keepAliveS: 1, reorderTimeoutMs: 60_000 };
    expect(toHoldTimeMs({ ...site, sparkplug })).toBeGreaterThan(1_500 + 60_000 + 5_000);
  });
});
