import { spawn } from 'node:child_process';

export interface CommandOutcome {
  /** Exit code; 128 + signal number is not used, a signal gives null. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** After this the command is killed and `signal` is SIGKILL. */
  readonly timeoutMs?: number;
  /** `terminal` hands our stdin, stdout and stderr over; `captured` returns the text. */
  readonly output?: 'terminal' | 'captured';
}

/**
 * Runs a command to its end. Never rejects for a non-zero exit: the caller decides what that means.
 * A command that cannot be started at all rejects with the system's error (ENOENT and kin).
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandOutcome> {
  const { cwd, env = process.env, timeoutMs, output = 'captured' } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      stdio: output === 'terminal' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      // npm is a .cmd file on Windows, which only a shell can start.
      shell: process.platform === 'win32' && !command.endsWith('.exe'),
      ...(cwd === undefined ? {} : { cwd }),
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }));
  });
}

/** As `runCommand`, but a failure is an error that quotes the end of what the command said. */
export async function mustRun(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandOutcome> {
  const outcome = await runCommand(command, args, options);
  if (outcome.exitCode === 0) return outcome;
  const said = `${outcome.stdout}\n${outcome.stderr}`.trim().split('\n').slice(-20).join('\n');
  const how = outcome.signal ?? `exit code ${outcome.exitCode}`;
  throw new Error(`${command} ${args.slice(0, 6).join(' ')} failed (${how})\n${said}`);
}
