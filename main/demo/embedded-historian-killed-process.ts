/**
 * Child process of embedded-historian-folder.parts.test.ts, there to be killed: serves the data folder of
 * its first argument and tells the URL.
 */
import { startEmbeddedHistorian } from './embedded-historian.ts';

const historian = await startEmbeddedHistorian({ dataFolder: process.argv[2] ?? '' });
process.stdout.write(`${historian.url}\n`);
