import { buildAll } from './build.ts';
import { prepareElectronRuntime } from './electron-runtime.ts';
import { runPlaywright } from './run-playwright.ts';
import { ensureSystemPackages } from './system-packages.ts';

// `npm run e2e [-- FILE …]`: the window and pipeline tests alone; words after -- go to Playwright.
await ensureSystemPackages('window', 'tests');
await buildAll();
process.exitCode = await runPlaywright(await prepareElectronRuntime(), { args: process.argv.slice(2) });
