import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export interface Display {
  /** What a program needs to find the display; empty where one was there already. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the display if it is ours. */
  readonly end: () => Promise<void>;
}

const START_TIMEOUT_MS = 10_000;

/** True when a window can be shown to somebody: always on Windows and macOS. */
export function hasDisplay(environment: NodeJS.ProcessEnv = process.env): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(environment['DISPLAY']) || Boolean(environment['WAYLAND_DISPLAY']);
}

/** The display that is there, or an Xvfb of our own on a number that Xvfb finds free. Throws without Xvfb. */
export async function openDisplay(): Promise<Display> {
  if (hasDisplay()) return { environment: {}, end: () => Promise.resolve() };
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1080x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  // A test run that dies must not leave a display behind.
  const kill = (): void => void server.kill('SIGKILL');
  process.once('exit', kill);
  const end = async (): Promise<void> => {
    process.off('exit', kill);
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  };
  try {
    return { environment: { DISPLAY: `:${await displayNumber(server)}` }, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function displayNumber(server: ChildProcess): Promise<number> {
  const pipe = server.stdio[3] as Readable; // stdio[3] is 'pipe' above
  const failed = once(server, 'exit').then(([code]: unknown[]) => {
    throw new Error(`Xvfb ended at once with exit code ${String(code)}`);
  });
  const answer = once(pipe, 'data', { signal: AbortSignal.timeout(START_TIMEOUT_MS) });
  // The one that loses the race may still reject, when nobody listens any more.
  failed.catch(() => undefined);
  const [chunk] = (await Promise.race([answer, failed])) as [Buffer];
  return Number.parseInt(chunk.toString(), 10);
}
