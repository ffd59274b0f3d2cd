import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { runWorkbench } from './app/run-workbench.ts';
import { runService } from './commands/run-service.ts';
import { startWorkbenchEngine } from './compose-workbench.ts';

/** Major version of the Electron in package.json; another one is the test and demo runtime, and the window says so. */
const PINNED_ELECTRON = '45.';
const isTestRuntime = !(process.versions.electron ?? '').startsWith(PINNED_ELECTRON);

const words = process.argv
  .slice(app.isPackaged ? 1 : 2)
  .filter((word) => !/^--(no-sandbox|disable-gpu|inspect)/.test(word));

if (words.includes('--service')) {
  process.exit(await runService(words.filter((word) => word !== '--service' && !word.startsWith('--ozone-platform'))));
} else {
  runWorkbench({
    startEngine: () => startWorkbenchEngine(words, app.getPath('userData')),
    rendererFolder: fileURLToPath(new URL('../renderer', import.meta.url)),
    preloadFile: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
    isTestRuntime,
  });
}
