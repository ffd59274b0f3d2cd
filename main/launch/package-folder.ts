import { existsSync } from 'node:fs';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AfterPackContext, build, type Configuration, Platform } from 'electron-builder';
import { buildAll } from './build.ts';
import { type ElectronRuntime, prepareElectronRuntime } from './electron-runtime.ts';
import { listInputs, stampOf } from './input-stamp.ts';
import { repositoryRoot } from './repository-root.ts';
import { wrapperScript } from './test-runtime.ts';

export interface PackagedFolder {
  /** What a user would start: the binary, or the script that starts it on the test runtime. */
  readonly executablePath: string;
  /** The folder electron-builder filled. */
  readonly folder: string;
}

const INPUTS = ['dist/.stamp', 'electron-builder.yml', 'package.json', 'package-lock.json', 'resources'];

/**
 * Packs the built application into `dist/packaged` as electron-builder does for a release, but into a plain folder and
 * around the Electron that is there, so that it needs no network. Repeats nothing while its inputs are unchanged.
 */
export async function packageFolder(runtime: ElectronRuntime, root: string = repositoryRoot): Promise<PackagedFolder> {
  const output = join(root, 'dist', 'packaged');
  const resultPath = join(output, 'result.json');
  const stamp = `${runtime.distPath} ${stampOf(await listInputs(root, INPUTS))}`;
  const earlier = existsSync(resultPath) ? (JSON.parse(await readFile(resultPath, 'utf8')) as Result) : undefined;
  if (earlier?.stamp === stamp && existsSync(earlier.executablePath)) return earlier;
  await rm(output, { recursive: true, force: true });
  const packed = await runBuilder(runtime, root, output);
  await writeFile(resultPath, JSON.stringify({ ...packed, stamp } satisfies Result));
  return packed;
}

interface Result extends PackagedFolder {
  readonly stamp: string;
}

async function runBuilder(runtime: ElectronRuntime, root: string, output: string): Promise<PackagedFolder> {
  let packed: PackagedFolder | undefined;
  const afterPack = async (context: AfterPackContext): Promise<void> => {
    const executablePath = await executableOf(context, runtime, output);
    packed = { executablePath, folder: context.appOutDir };
    // electron-builder leaves a given Electron as it is, and with it the launcher that takes any folder.
    await rm(join(context.packager.getResourcesDir(context.appOutDir), 'default_app.asar'), { force: true });
  };
  await build({
    targets: Platform.current().createTarget('dir'),
    projectDir: root,
    publish: 'never',
    config: {
      directories: { output },
      electronDist: runtime.distPath,
      afterPack,
      ...testRuntimeConfiguration(runtime),
    },
  });
  if (packed === undefined) throw new Error('electron-builder packed nothing');
  return packed;
}

/**
 * What a release has otherwise, and the test runtime cannot do without: it needs options for its Node, which Electron
 * takes only with this fuse on and from a binary called electron (so `app.isPackaged` is false there). The other fuses
 * are those of the release.
 */
function testRuntimeConfiguration(runtime: ElectronRuntime): Configuration {
  if (runtime.kind !== 'test-runtime') return { electronVersion: runtime.version };
  return {
    electronVersion: runtime.version,
    linux: { executableName: 'electron' },
    electronFuses: { enableNodeOptionsEnvironmentVariable: true },
  };
}

async function executableOf(context: AfterPackContext, runtime: ElectronRuntime, output: string): Promise<string> {
  const { appOutDir, packager, electronPlatformName } = context;
  const name = packager.appInfo.productFilename;
  if (electronPlatformName === 'darwin') return join(appOutDir, `${name}.app`, 'Contents', 'MacOS', name);
  if (electronPlatformName === 'win32') return join(appOutDir, `${name}.exe`);
  if (runtime.kind !== 'test-runtime') return join(appOutDir, 'lineside');
  const script = join(output, 'lineside');
  await writeFile(script, wrapperScript('linux-unpacked/electron'));
  await chmod(script, 0o755);
  return script;
}

if (import.meta.main) {
  await buildAll();
  const { executablePath } = await packageFolder(await prepareElectronRuntime());
  console.log(executablePath);
}
