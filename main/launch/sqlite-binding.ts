import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cachedFolder, recipeHash } from './build-cache.ts';
import { parseGypDefines } from './gyp-defines.ts';
import { type PinnedPackage, unpackPinnedPackage } from './npm-package.ts';
import { repositoryRoot } from './repository-root.ts';
import { mustRun } from './run-command.ts';
import { requireSystemPackages } from './system-packages.ts';

/**
 * better-sqlite3 13 ships a binary for Node-API 10; a runtime below that (the test runtime has 9) crashes on it. This
 * compiles the same sources for such a runtime. It falls together with the test runtime.
 */
const NODE_API_HEADERS: PinnedPackage = {
  name: 'node-api-headers',
  version: '1.9.0',
  integrity: 'sha512-2oNILP4jXwRB4ywnYKjVk1YyJ96n2D4EOVJO6S3oYZ5PtbJrw3Yt9TpAuX3nBLMuzn74rnfGQrv13pS9vC+YiA==',
};

/**
 * Stands in the place of `NAPI_VERSION=10`. The sources keep references to strings, which Node-API 9 refuses and the
 * experimental version allows. In that version finalizers run inside the garbage collector, where JavaScript values
 * must not be touched, so node-addon-api has to post them; the headers package leaves that declaration out.
 */
const EXPERIMENTAL_HEADER = `#define NAPI_EXPERIMENTAL
#define NAPI_VERSION 2147483647
#define NODE_API_EXPERIMENTAL_HAS_POST_FINALIZER
#include <node_api.h>
extern "C" NAPI_EXTERN napi_status NAPI_CDECL node_api_post_finalizer(
    node_api_basic_env env, napi_finalize finalize, void* data, void* hint);
`;

/** What binding.gyp, sqlite3.gyp and common.gypi say for a release on Linux; O2 compiles in two thirds of O3's time. */
const COMMON_FLAGS = ['-O2', '-DNDEBUG', '-fPIC', '-w'];
const SQLITE_FLAGS = ['-std=c99', ...COMMON_FLAGS];
const ADDON_FLAGS = [
  '-std=c++20',
  ...COMMON_FLAGS,
  '-fvisibility=hidden',
  '-fvisibility-inlines-hidden',
  '-fno-exceptions',
  '-DNAPI_DISABLE_CPP_EXCEPTIONS',
  '-DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
];
const LINK_FLAGS = ['-shared', '-pthread', '-Wl,-Bsymbolic', '-Wl,--exclude-libs,ALL'];

interface Sources {
  readonly sqliteFolder: string;
  readonly addonApiFolder: string;
}

/**
 * Path of the binding for runtimes with Node-API 9, compiled on the first call (about 25 s) and cached. It goes to
 * better-sqlite3's `nativeBinding` option, and only on such a runtime. Throws when there is no compiler.
 */
export async function prepareSqliteBinding(): Promise<string> {
  const resolve = createRequire(join(repositoryRoot, 'package.json')).resolve;
  const manifest = resolve('better-sqlite3/package.json');
  const sources = {
    sqliteFolder: dirname(manifest),
    addonApiFolder: dirname(createRequire(manifest).resolve('node-addon-api/package.json')),
  };
  const versions = await Promise.all(
    [manifest, join(sources.addonApiFolder, 'package.json')].map((path) => readFile(path, 'utf8')),
  );
  const flags = [...SQLITE_FLAGS, ...ADDON_FLAGS, ...LINK_FLAGS].join(' ');
  const recipe = recipeHash(...versions, NODE_API_HEADERS.integrity, EXPERIMENTAL_HEADER, flags, process.arch);
  const folder = await cachedFolder(`better-sqlite3-napi-9-${recipe}`, (target) => compile(sources, target));
  return join(folder, 'better_sqlite3.node');
}

async function compile(sources: Sources, folder: string): Promise<void> {
  await requireSystemPackages('compiler');
  process.stderr.write('Compiling SQLite for the test runtime (once, about half a minute) ...\n');
  const work = join(folder, 'work');
  await mkdir(work);
  await unpackPinnedPackage(NODE_API_HEADERS, work);
  await writeFile(join(work, 'experimental.h'), EXPERIMENTAL_HEADER);
  const { sqliteFolder, addonApiFolder } = sources;
  const amalgamation = join(sqliteFolder, 'deps', 'sqlite3');
  const defines = parseGypDefines(await readFile(join(sqliteFolder, 'deps', 'defines.gypi'), 'utf8'));
  const includes = [addonApiFolder, join(work, 'include'), amalgamation].map((path) => `-I${path}`);
  const inWork = { cwd: work };
  await Promise.all([
    mustRun(
      'gcc',
      [...SQLITE_FLAGS, ...defines.map((define) => `-D${define}`), '-c', join(amalgamation, 'sqlite3.c')],
      inWork,
    ),
    mustRun(
      'g++',
      [
        ...ADDON_FLAGS,
        ...includes,
        '-include',
        'experimental.h',
        '-c',
        join(sqliteFolder, 'src', 'better_sqlite3.cpp'),
      ],
      inWork,
    ),
  ]);
  const output = join(folder, 'better_sqlite3.node');
  await mustRun('g++', [...LINK_FLAGS, 'better_sqlite3.o', 'sqlite3.o', '-ldl', '-o', output], inWork);
  await rm(work, { recursive: true });
}
