import { composeEngine } from '../compose.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import { createJsonLog } from '../observability/json-log.ts';
import { systemClock } from '../platform/clock.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { EXIT, readArguments, toExitCode } from './read-arguments.ts';
import { waitForStop } from './wait-for-stop.ts';

const USAGE = 'npm run service -- --config FILE --data DIR [--metrics FILE]';

/** SIGTERM to exit 0 takes at most this; what is then unsent stays in the buffer. */
const STOP_LIMIT_MS = 4_500;

function limitStop(log: Log): void {
  log.info('stop is asked for');
  systemClock.after(STOP_LIMIT_MS, () => {
    log.warn('the stop took too long; what is not sent stays in the buffer');
    process.exit(EXIT.ok);
  });
}

/**
 * Headless on a plant PC: no window, JSON logs on standard output. SIGTERM or SIGINT: NDEATH, flush, exit 0.
 * Returns the exit code.
 */
export async function runService(words: readonly string[]): Promise<number> {
  const log = createJsonLog(1);
  process.on('unhandledRejection', (error) => {
    log.error('unhandled failure; the service ends so that it is started anew', { error: describeError(error) });
    process.exit(EXIT.internal);
  });
  try {
    const values = readArguments(
      words,
      { config: { type: 'string' }, data: { type: 'string' }, metrics: { type: 'string' } },
      USAGE,
    );
    if (values.config === undefined || values.data === undefined) {
      throw new EngineError('cli/usage', `name the site file and the data folder\nusage: ${USAGE}`);
    }
    // From here on: a signal while the engine starts ends it in order as well.
    const stopAsked = waitForStop(systemClock).then(() => limitStop(log));
    const site = await readSiteFile(values.config);
    await makeDataFolder(values.data);
    const engine = await composeEngine({
      site,
      siteFile: values.config,
      dataFolder: values.data,
      metricsFile: values.metrics,
      isDemo: false,
      log,
      logFd: 1,
    });
    engine.onFailed((error) => {
      log.error('the engine cannot go on; the service ends so that it is started anew', { error: error.message });
      process.exit(EXIT.internal);
    });
    await engine.start();
    await stopAsked;
    await engine.stop();
    return EXIT.ok;
  } catch (error) {
    const code = isEngineError(error) ? error.code : 'service/internal';
    log.error('the service cannot run', { code, error: describeError(error) });
    return toExitCode(error);
  }
}
