import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { composeDemo } from '../compose-demo.ts';
import { createJsonLog } from '../observability/json-log.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describeOee } from './describe-oee.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';
import { waitForStop } from './wait-for-stop.ts';

const USAGE = 'lineside demo [--headless] [--json] [--seconds N] [--data DIR] [--load N]';
const PRINT_EVERY_MS = 5_000;

/** Where the demo keeps its buffer and its database between runs. */
export const demoDataFolder = (): string =>
  join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state'), 'lineside', 'demo');

/** Opens the window on the demo line: the packaged application, or this checkout's own start script. */
function openWindow(words: readonly string[]): Promise<number> {
  const starter = fileURLToPath(new URL('../../main/launch/start.ts', import.meta.url));
  if (process.versions['electron'] === undefined && !existsSync(starter)) {
    throw new EngineError('cli/no-window', 'no window here: start the installed application, or add --headless');
  }
  const child =
    process.versions['electron'] === undefined
      ? spawn(process.execPath, [starter, ...words], { stdio: 'inherit' })
      : spawn(process.execPath, [...words], { stdio: 'inherit' });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? EXIT.internal)));
}

/** Prints as soon as every machine has a figure, then every five seconds. */
function printLive(
  engine: { onSnapshot(listener: (snapshot: EngineSnapshot) => void): () => void },
  clock: Clock,
  print: (snapshot: EngineSnapshot) => void,
): () => void {
  let printedAtMs = Number.NEGATIVE_INFINITY;
  return engine.onSnapshot((snapshot) => {
    const machines = snapshot.oee?.machines ?? [];
    const hasFigures = machines.length > 0 && machines.every((machine) => machine.factors.oee.value !== null);
    const waitMs = hasFigures && printedAtMs === Number.NEGATIVE_INFINITY ? 0 : PRINT_EVERY_MS;
    if (clock.monotonicMs() - Math.max(printedAtMs, 0) < waitMs) return;
    printedAtMs = clock.monotonicMs();
    print(snapshot);
  });
}

/** Runs the demo line; headless it prints live OEE until it is stopped. Returns the exit code. */
export async function runDemo(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(
    words,
    {
      headless: { type: 'boolean' },
      json: { type: 'boolean' },
      seconds: { type: 'string' },
      data: { type: 'string' },
      load: { type: 'string' },
    },
    USAGE,
  );
  if (!values.headless) return openWindow(words);
  const seconds = readCount(values.seconds, 'seconds', 1);
  const dataFolder = values.data ?? demoDataFolder();
  if (!values.json) print(`Lineside demo line, headless. Data in ${dataFolder}. Ctrl+C ends it.`);
  const demo = await composeDemo({
    dataFolder,
    loadTagCount: readCount(values.load, 'load', 0) ?? 0,
    log: createJsonLog(2),
    logFd: 2,
  });
  const stopPrinting = printLive(demo.engine, systemClock, (snapshot) => {
    if (values.json) print(JSON.stringify(snapshot));
    else if (snapshot.oee !== null) print(describeOee(snapshot.oee));
  });
  await waitForStop(systemClock, seconds);
  stopPrinting();
  await demo.stop();
  return EXIT.ok;
}
