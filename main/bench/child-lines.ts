import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of this folder in a process of its own that tells in JSON lines. */
export interface ChildLines {
  readonly process: ChildProcess;
  readonly lines: Interface;
  /** Closes its standard input, or kills it where that ends nothing, and waits for its end. */
  end(how: 'input-end' | 'kill'): Promise<void>;
}

/** Starts `script` of this folder with `words`; its standard error goes to ours, or nowhere. `nodeWords` are for Node itself. */
export function startChild(
  script: string,
  words: readonly string[],
  stderr: 'inherit' | 'ignore',
  nodeWords: readonly string[] = [],
): ChildLines {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [...nodeWords, file, ...words], { stdio: ['pipe', 'pipe', stderr] });
  if (child.stdout === null) throw new Error(`${script} has no output`);
  const exited = once(child, 'exit');
  return {
    process: child,
    lines: createInterface({ input: child.stdout }),
    async end(how) {
      if (how === 'input-end') child.stdin?.end();
      else child.kill();
      await exited;
    },
  };
}

/** Processor seconds a process has used (Linux), or null where that cannot be read. */
export function cpuSeconds(pid: number | undefined): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}
