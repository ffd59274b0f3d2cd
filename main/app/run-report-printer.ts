import { readFile, writeFile } from 'node:fs/promises';
import { app } from 'electron';
import { systemClock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import { silentLog } from '../platform/log.ts';
import { announcePageScheme } from './page-protocol.ts';
import { printReport } from './print-report.ts';
import { restrictContents } from './restrict-contents.ts';

/**
 * `--print-report HTML --out PDF`: prints one file without window or engine and ends, with exit code 1 and a sentence
 * on stderr where it cannot. Call it before the app is ready.
 */
export function runReportPrinter(words: readonly string[]): void {
  const after = (word: string): string => words[words.indexOf(word) + 1] ?? '';
  const profileFolder = process.env['LINESIDE_PROFILE'];
  if (profileFolder !== undefined && profileFolder !== '') app.setPath('userData', profileFolder);
  announcePageScheme();
  restrictContents(app, silentLog);
  // The hidden window closes before the file is written.
  app.on('window-all-closed', () => undefined);
  void app
    .whenReady()
    .then(async () => {
      const html = await readFile(after('--print-report'), 'utf8');
      await writeFile(after('--out'), await printReport(html, systemClock));
      app.exit(0);
    })
    .catch((error: unknown) => {
      process.stderr.write(`${describeError(error)}\n`);
      app.exit(1);
    });
}
