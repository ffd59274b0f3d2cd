import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in this terminal as if it had been typed itself: its input and output are ours, the signals we get
 * are handed on, and the exit code to end with is returned (128 + number for a signal, as a shell has it).
 */
export function runInForeground(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: 'inherit',
      env,
      cwd,
      // npm is a .cmd file on Windows, which only a shell can start.
      shell: process.platform === 'win32' && command === 'npm',
    });
    // From a terminal the child has the signal already; from a service manager only we have. A second one does no harm.
    const forwarders = FORWARDED.map((signal) => {
      const forward = (): void => void child.kill(signal);
      process.on(signal, forward);
      return () => process.off(signal, forward);
    });
    const stopForwarding = (): void => forwarders.forEach((stop) => stop());
    child.once('error', (error) => {
      stopForwarding();
      reject(error);
    });
    child.once('exit', (exitCode, signal) => {
      stopForwarding();
      resolve(exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
