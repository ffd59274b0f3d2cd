import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export interface InputFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

/** One line that differs whenever a file was added, removed, resized or written; the order given does not matter. */
export function stampOf(files: readonly InputFile[]): string {
  const hash = createHash('sha256');
  const lines = files.map((file) => `${file.path}\n${file.sizeBytes}\n${file.modifiedAtMs}\n`);
  for (const line of lines.sort()) hash.update(line);
  return hash.digest('hex');
}

/** Files below the named folders and the named files themselves; what does not exist counts as empty. */
export async function listInputs(root: string, names: readonly string[]): Promise<readonly InputFile[]> {
  const lists = await Promise.all(names.map((name) => listBelow(root, join(root, name))));
  return lists.flat().filter((file) => isBuildInput(file.path));
}

/** Tests do not reach the bundles, so writing one must not cost a build. */
export function isBuildInput(path: string): boolean {
  return !/\.test\.tsx?$/.test(path);
}

async function listBelow(root: string, path: string): Promise<readonly InputFile[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) {
    return [{ path: relative(root, path).split(sep).join('/'), sizeBytes: found.size, modifiedAtMs: found.mtimeMs }];
  }
  const names = await readdir(path);
  return (await Promise.all(names.map((name) => listBelow(root, join(path, name))))).flat();
}
