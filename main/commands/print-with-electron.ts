import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeError, EngineError } from '../platform/engine-error.ts';

/** Starting Electron takes seconds on a slow machine, printing a few more. */
const PRINT_LIMIT_MS = 120_000;

/**
 * Prints HTML to a PDF file by the workbench's own Electron, without a window. Rejects with `report/no-electron` where
 * there is none, as on a gateway, and with `report/not-printed`.
 */
export async function printWithElectron(html: string, out: string): Promise<void> {
  const { runtime, display, runCommand, root } = await findElectron();
  const folder = await mkdtemp(join(tmpdir(), 'lineside-report-'));
  try {
    const page = join(folder, 'report.html');
    await writeFile(page, html, { mode: 0o600 });
    const words = [...runtime.args, root, '--print-report', page, '--out', resolve(out)];
    const outcome = await runCommand(runtime.executablePath, words, {
      env: { ...process.env, ...runtime.env, ...display.environment, LINESIDE_PROFILE: join(folder, 'profile') },
      timeoutMs: PRINT_LIMIT_MS,
    });
    if (outcome.exitCode !== 0) {
      const why = outcome.stderr.trim().split('\n').at(-1) ?? '';
      throw new EngineError('report/not-printed', `The report could not be printed to ${out}: ${why}`, { out });
    }
  } finally {
    await display.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The launcher belongs to the checkout; an installed gateway has neither it nor Electron. */
async function findElectron() {
  try {
    const { repositoryRoot: root } = await import('../launch/repository-root.ts');
    if (!existsSync(join(root, 'dist', 'main', 'index.js'))) throw new Error('the workbench is not built');
    const { prepareElectronRuntime } = await import('../launch/electron-runtime.ts');
    const { openDisplay } = await import('../launch/display.ts');
    const { runCommand } = await import('../launch/run-command.ts');
    return { root, runCommand, runtime: await prepareElectronRuntime(), display: await openDisplay() };
  } catch (cause) {
    const text = `There is no Electron here to print with (${describeError(cause)}). Write the report with --format html, open it in a browser and print it there.`;
    throw new EngineError('report/no-electron', text, {}, { cause });
  }
}
