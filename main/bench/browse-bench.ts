import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { CaseResult } from './browse-bench-case.ts';
import { type BenchResult, result } from './result.ts';

/** 100,000 variables, a fifth of them in one folder. */
const SIZE = { variableCount: 80_000, wideCount: 20_000 };
const CASE = '100,000 variables';

function run(file: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the process has no output');
  const lines = createInterface({ input: child.stdout });
  const line = once(lines, 'line').then(([text]) => String(text));
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the process ended with ${String(code)}`);
  });
  return Promise.race([line, ended]);
}

async function runCase(name: string, url: string, folder: string): Promise<CaseResult> {
  const child = run('./browse-bench-case.ts', [name, url, join(folder, 'trust')]);
  const exited = once(child, 'exit');
  const line = await firstLine(child);
  await exited;
  return JSON.parse(line) as CaseResult;
}

const perS = ({ nodeCount, elapsedMs }: CaseResult): number => (nodeCount * 1_000) / elapsedMs;

/** Our browse over a big server beside the library alone, each in a process of its own, one after the other. */
export async function benchBrowse(): Promise<BenchResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lineside-bench-'));
  const server = run('./big-address-space-process.ts', [
    JSON.stringify({ ...SIZE, certificateFolder: join(folder, 'server') }),
  ]);
  const exited = once(server, 'exit');
  try {
    const url = await firstLine(server);
    await runCase('warm-up', url, folder);
    const rawBrowse = await runCase('raw-browse', url, folder);
    const rawRead = await runCase('raw-read', url, folder);
    const ours = await runCase('ours', url, folder);
    const cancel = await runCase('cancel', url, folder);
    const figure = (metric: string, value: number, unit: string, baseline?: number): BenchResult =>
      result('browse', CASE, metric, value, unit, baseline);
    return [
      figure('found, beside raw node-opcua', ours.nodeCount, 'nodes', rawRead.nodeCount),
      figure('described, beside raw browse and read', perS(ours), 'nodes/s', perS(rawRead)),
      figure('described, beside raw browse alone', perS(ours), 'nodes/s', perS(rawBrowse)),
      figure('first batch after', ours.firstBatchMs, 'ms'),
      figure(
        'peak memory growth, beside raw browse and read',
        ours.rssGrowthBytes / 1e6,
        'MB',
        rawRead.rssGrowthBytes / 1e6,
      ),
      figure(
        'peak heap growth, beside raw browse and read',
        ours.heapGrowthBytes / 1e6,
        'MB',
        rawRead.heapGrowthBytes / 1e6,
      ),
      figure('cancelled after, slowest of 5', cancel.cancelMs, 'ms'),
    ];
  } finally {
    server.kill();
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
}
