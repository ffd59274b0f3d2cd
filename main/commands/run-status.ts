import { hostname } from 'node:os';
import { join } from 'node:path';
import { STATUS_FILE } from '../observability/status-record.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describeStatus } from './describe-status.ts';
import { isHealthy, isProcessThere, readStatus, toStatusExitCode } from './judge-status.ts';
import { readArguments } from './read-arguments.ts';
import { waitForStop } from './wait-for-stop.ts';

const USAGE = 'lineside status --data DIR [--json] [--watch]';
const WATCH_EVERY_MS = 2_000;

/**
 * `lineside status`: how the gateway of a data folder is, as it last said itself. Exit code 0 healthy, 1 needs
 * attention, 3 does not run; with `--watch` that of the last look.
 */
export async function runStatus(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(
    words,
    { data: { type: 'string' }, json: { type: 'boolean' }, watch: { type: 'boolean' } },
    USAGE,
  );
  if (values.data === undefined) throw new EngineError('cli/usage', `name the data folder\nusage: ${USAGE}`);
  const file = join(values.data, STATUS_FILE);
  const look = async (): Promise<number> => {
    const nowMs = systemClock.nowMs();
    const status = await readStatus(file, { nowMs, hostName: hostname(), isProcessThere });
    const exitCode = toStatusExitCode(status);
    if (values.json) {
      const isWell = status.phase === 'running' && isHealthy(status.record.snapshot);
      print(JSON.stringify({ ...status, isHealthy: isWell, exitCode }));
    } else print(describeStatus(status, nowMs));
    return exitCode;
  };
  let exitCode = await look();
  if (!values.watch) return exitCode;
  let looking = Promise.resolve();
  const stop = systemClock.every(WATCH_EVERY_MS, () => {
    looking = looking.then(async () => {
      if (!values.json) print(`\n${new Date(systemClock.nowMs()).toISOString()}`);
      exitCode = await look();
    });
  });
  await waitForStop(systemClock);
  stop();
  await looking;
  return exitCode;
}
