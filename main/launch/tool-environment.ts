import { delimiter, join } from 'node:path';
import { repositoryRoot } from './repository-root.ts';

/**
 * Our environment with the repository's own tools, and with them its own Node, in front: as npm does for its scripts,
 * so that a script started without npm behaves the same.
 */
export function toolEnvironment(additions: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const tools = join(repositoryRoot, 'node_modules', '.bin');
  return { ...process.env, PATH: `${tools}${delimiter}${process.env['PATH'] ?? ''}`, ...additions };
}

/** Path of a tool's start script below node_modules, to be run by `process.execPath`. */
export function toolScript(...path: readonly string[]): string {
  return join(repositoryRoot, 'node_modules', ...path);
}
