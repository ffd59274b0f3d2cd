/**
 * The application that stands in the test runtime where Electron has its own launcher: it takes the first argument
 * without a dash as the application's folder and does with it what Electron's launcher does: name, version and path
 * from its package.json, `process.defaultApp`, then its `main`. It is awaited at the top level of an ES module, because
 * Electron holds back `ready` until such a module has run; the application may have to register schemes before that.
 */
export const LAUNCHER_SOURCE = `import { app } from 'electron';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
const named = process.argv.slice(1).find((argument) => !argument.startsWith('-'));
if (named === undefined) {
  process.stderr.write('usage: electron <application folder> [arguments]\\n');
  process.exit(64);
}
const folder = path.resolve(named);
const about = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
if (about.version) app.setVersion(about.version);
app.name = about.productName ?? about.name ?? app.name;
app.setAppPath(folder);
const main = createRequire(path.join(folder, 'package.json')).resolve(path.join(folder, about.main ?? 'index.js'));
try {
  await import(pathToFileURL(main).href);
} catch (error) {
  process.stderr.write(String(error?.stack ?? error) + '\\n');
  process.exit(1);
}
`;

export const LAUNCHER_PACKAGE = JSON.stringify({ name: 'electron', version: '0.0.0', main: 'launcher.mjs' });
