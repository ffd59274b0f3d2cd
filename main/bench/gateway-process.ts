/**
 * A gateway that is measured, alone in its process: `gateway-process.ts SITE_FILE DATA_FOLDER`. Prints one JSON line
 * a second, see `GatewayReport`; ends in order when its standard input ends.
 */
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { composeEngine } from '../compose.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { createJsonLog } from '../observability/json-log.ts';
import { systemClock } from '../platform/clock.ts';

/** What the process is and has used, since it was started. */
export interface GatewayReport {
  readonly snapshot: EngineSnapshot | null;
  readonly cpuS: number;
  readonly rssBytes: number;
  readonly heapBytes: number;
}

const REPORT_EVERY_MS = 1_000;

function takeReport(snapshot: EngineSnapshot | null): GatewayReport {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return { snapshot, cpuS: (user + system) / 1e6, rssBytes: rss, heapBytes: heapUsed };
}

const [siteFile = '', dataFolder = ''] = process.argv.slice(2);
const engine = await composeEngine({
  site: await readSiteFile(siteFile),
  siteFile,
  dataFolder,
  isDemo: false,
  log: createJsonLog(2),
  logFd: 2,
});
await engine.start();
systemClock.every(REPORT_EVERY_MS, () => console.log(JSON.stringify(takeReport(engine.readSnapshot()))));
process.stdin.on('end', () => void engine.stop().then(() => process.exit(0))).resume();
