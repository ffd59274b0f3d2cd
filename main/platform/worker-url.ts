/**
 * Where the file of a `worker_threads` worker lies: beside the module that starts it, as `.ts` when that
 * module runs from source and as `.js` when it is bundled (the bundle keeps one file per worker).
 *
 * @param metaUrl `import.meta.url` of the module that starts the worker.
 * @param name file name without its ending, e.g. `embedded-historian-worker`.
 */
export function workerUrl(metaUrl: string, name: string): URL {
  return new URL(`./${name}${metaUrl.endsWith('.ts') ? '.ts' : '.js'}`, metaUrl);
}
