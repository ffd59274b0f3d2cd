import { builtinModules } from 'node:module';
import { isAbsolute } from 'node:path';

/** Everything that is not a file of ours is left to Node: packages, their subpaths, built-in modules, electron. */
export function isExternal(id: string): boolean {
  if (builtinModules.includes(id) || id.startsWith('node:')) return true;
  // A leading zero byte marks a module that a bundler's plugin makes up.
  return !id.startsWith('.') && !id.startsWith('\0') && !isAbsolute(id);
}
