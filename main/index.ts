import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { runReportPrinter } from './app/run-report-printer.ts';
import { runWorkbench } from './app/run-workbench.ts';
import { ownWords } from './commands/own-words.ts';
import { runService } from './commands/run-service.ts';
import { startWorkbenchEngine } from './compose-workbench.ts';

/** Major version of the Electron in package.json; another one is the test and demo runtime, and the window says so. */
const PINNED_ELECTRON = '45.';

const words = ownWords(process.argv.slice(1));

if (words.includes('--service')) {
  // Not awaited: Electron is ready only after this module has ended.
  void runService(words.filter((word) => word !== '--service')).then((exitCode) => app.exit(exitCode));
} else if (process.argv.includes('--print-report')) {
  runReportPrinter(process.argv);
} else {
  runWorkbench({
    startEngine: () => startWorkbenchEngine(words, app.getPath('userData')),
    rendererFolder: fileURLToPath(new URL('../renderer', import.meta.url)),
    preloadFile: fileURLToPath(new URL('./preload.cjs', import.meta.url)),
    isTestRuntime: !process.versions.electron.startsWith(PINNED_ELECTRON),
  });
}
