import { join } from 'node:path';
import { buildAll } from './build.ts';
import { hasDisplay } from './display.ts';
import { prepareElectronRuntime } from './electron-runtime.ts';
import { runInForeground } from './foreground.ts';
import { repositoryRoot } from './repository-root.ts';
import { ensureSystemPackages } from './system-packages.ts';
import { toolEnvironment } from './tool-environment.ts';

/**
 * `npm start`: builds what has changed and opens the workbench; where there is no display the same demonstration runs
 * without a window in this terminal. Arguments are passed on. Returns the exit code.
 */
async function start(args: readonly string[]): Promise<number> {
  if (await buildAll()) console.log('Built dist.');
  if (!hasDisplay()) return startHeadless(args);
  await ensureSystemPackages('window');
  const runtime = await prepareElectronRuntime();
  return runInForeground(
    runtime.executablePath,
    [...runtime.args, repositoryRoot, ...args],
    toolEnvironment(runtime.env),
  );
}

function startHeadless(args: readonly string[]): Promise<number> {
  console.log('There is no display here, so the demonstration runs without a window in this terminal.');
  const cli = join(repositoryRoot, 'dist', 'main', 'cli.js');
  return runInForeground(process.execPath, [cli, 'demo', '--headless', ...args], toolEnvironment());
}

process.exitCode = await start(process.argv.slice(2));
