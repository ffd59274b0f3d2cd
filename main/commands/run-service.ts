import { composeEngine } from '../compose.ts';
import { readSiteFile } from '../config/read-site-file.ts';
import type { Engine } from '../engine/engine.ts';
import { createJsonLog } from '../observability/json-log.ts';
import { systemClock } from '../platform/clock.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { answersFlush } from './answers-flush.ts';
import { makeDataFolder } from './make-data-folder.ts';
import { EXIT, readArguments, toExitCode } from './read-arguments.ts';
import { waitForStop } from './wait-for-stop.ts';

const USAGE = 'npm run service -- --config FILE --data DIR [--metrics FILE]';

/** SIGTERM to exit 0 takes at most this; what is then unsent stays in the buffer. */
const STOP_LIMIT_MS = 4_500;
/** The same with a disk that does not answer: a restart policy must get its turn. */
const HARD_STOP_LIMIT_MS = 10_000;

/**
 * A stop that takes too long is ended: in order where the disk answers. Where it does not, a thread hangs in it and
 * even `process.exit` would wait for that one for ever; only the kernel ends such a process.
 */
function limitStop(dataFolder: string, log: Log): void {
  log.info('stop is asked for');
  systemClock.after(STOP_LIMIT_MS, () => {
    void answersFlush(dataFolder).then(() => {
      log.warn('the stop took too long; what is not sent stays in the buffer');
      process.exit(EXIT.ok);
    });
  });
  systemClock.after(HARD_STOP_LIMIT_MS, () => {
    log.error('the disk of the data folder does not answer; the service ends hard, what was accepted is on it');
    process.kill(process.pid, 'SIGKILL');
  });
}

/** Whoever may send the signal may apply the file; who it was the system does not tell. */
async function applyOnSignal(engine: Engine, log: Log): Promise<void> {
  try {
    const { phase, siteFile } = await engine.changeSite({ isDryRun: false, by: { user: 'SIGHUP', via: 'signal' } });
    if (phase === 'unchanged') log.info('the site file says what runs; nothing was changed', { siteFile });
  } catch (error) {
    const code = isEngineError(error) ? error.code : 'service/internal';
    log.error('the site file was not applied; the gateway goes on as before', { code, error: describeError(error) });
  }
}

/**
 * Headless on a plant PC: no window, JSON logs on standard output. SIGTERM or SIGINT: NDEATH, flush, exit 0. SIGHUP:
 * the changed site file is applied.
 * Returns the exit code.
 */
export async function runService(words: readonly string[]): Promise<number> {
  const log = createJsonLog(1);
  const endAnew = (error: unknown): void => {
    log.error('unhandled failure; the service ends so that it is started anew', { error: describeError(error) });
    process.exit(EXIT.internal);
  };
  process.on('unhandledRejection', endAnew);
  process.on('uncaughtException', endAnew);
  try {
    const values = readArguments(
      words,
      { config: { type: 'string' }, data: { type: 'string' }, metrics: { type: 'string' } },
      USAGE,
    );
    const { config, data, metrics } = values;
    if (config === undefined || data === undefined) {
      throw new EngineError('cli/usage', `name the site file and the data folder\nusage: ${USAGE}`);
    }
    // From here on: a signal while the engine starts ends it in order as well.
    const stopAsked = waitForStop(systemClock).then(() => limitStop(data, log));
    // So that a SIGHUP while it starts does not end it; what the file says then is read below, or applied after.
    let applyOwnFile = (): void => {
      isApplyAsked = true;
    };
    let isApplyAsked = false;
    if (process.platform !== 'win32') process.on('SIGHUP', () => applyOwnFile());
    const site = await readSiteFile(config);
    await makeDataFolder(data);
    const engine = await composeEngine({
      site,
      siteFile: config,
      dataFolder: data,
      metricsFile: metrics,
      isDemo: false,
      log,
      logFd: 1,
    });
    engine.onFailed((error) => {
      log.error('the engine cannot go on; the service ends so that it is started anew', { error: error.message });
      process.exit(EXIT.internal);
    });
    await engine.start();
    applyOwnFile = () => void applyOnSignal(engine, log);
    if (isApplyAsked) applyOwnFile();
    await stopAsked;
    await engine.stop();
    return EXIT.ok;
  } catch (error) {
    const code = isEngineError(error) ? error.code : 'service/internal';
    log.error('the service cannot run', { code, error: describeError(error) });
    return toExitCode(error);
  }
}
