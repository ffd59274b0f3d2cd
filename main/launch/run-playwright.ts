import { join } from 'node:path';
import { type Display, openDisplay } from './display.ts';
import type { ElectronRuntime } from './electron-runtime.ts';
import { runInForeground } from './foreground.ts';
import { repositoryRoot } from './repository-root.ts';
import { toolEnvironment, toolScript } from './tool-environment.ts';

export interface PlaywrightRun {
  /** Words for `playwright test`, such as a file name or `--reporter=list`. */
  readonly args: readonly string[];
  readonly packagedBinary?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a test needs to open the window on this display. */
export const windowEnvironment = (runtime: ElectronRuntime, display: Display): Readonly<Record<string, string>> => ({
  ...runtime.env,
  ...display.environment,
  LINESIDE_ELECTRON_PATH: runtime.executablePath,
  LINESIDE_ELECTRON_ARGS: JSON.stringify(runtime.args),
});

/** Runs the window and pipeline tests on a display of our own where there is none. Returns the exit code. */
export async function runPlaywright(runtime: ElectronRuntime, run: PlaywrightRun): Promise<number> {
  const display = await openDisplay();
  try {
    const environment = toolEnvironment({
      ...windowEnvironment(runtime, display),
      ...(run.packagedBinary === undefined ? {} : { LINESIDE_PACKAGED_PATH: run.packagedBinary }),
      ...run.environment,
    });
    const words = ['test', '-c', join('e2e', 'playwright.config.ts'), ...run.args];
    return await runInForeground(
      process.execPath,
      [toolScript('playwright', 'cli.js'), ...words],
      environment,
      repositoryRoot,
    );
  } finally {
    await display.end();
  }
}
