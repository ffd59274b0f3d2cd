import { once } from 'node:events';
import type { BrowseBatch, BrowsedNode, BrowseProgress } from '../../shared/domain/browsed-node.ts';
import { type BrowseTarget, composeBrowse } from '../compose-browse.ts';
import { systemClock, within } from '../platform/clock.ts';
import { EngineError, isEngineError } from '../platform/engine-error.ts';
import { abortOnStop } from './abort-on-stop.ts';
import { printable } from './printable.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';

const USAGE =
  'lineside opcua browse --config FILE --server ID | --url URL [--security POLICY|None] [--mode MODE] [--user NAME --password-file FILE]\n' +
  '         [--data DIR] [--root NODE] [--depth N] [--max N] [--properties] [--in-flight N] [--pause-ms N] [--json]';
const PROGRESS_EVERY_MS = 2_000;
const LAST_LINE_LIMIT_MS = 1_000;

const OPTIONS = {
  config: { type: 'string' },
  server: { type: 'string' },
  url: { type: 'string' },
  security: { type: 'string' },
  mode: { type: 'string' },
  user: { type: 'string' },
  'password-file': { type: 'string' },
  data: { type: 'string' },
  root: { type: 'string' },
  depth: { type: 'string' },
  max: { type: 'string' },
  properties: { type: 'boolean' },
  'in-flight': { type: 'string' },
  'pause-ms': { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>;

function readTarget(values: Values): BrowseTarget {
  if (values.config !== undefined && values.server !== undefined && values.url === undefined) {
    return { kind: 'site', configFile: values.config, serverId: values.server };
  }
  if (values.url === undefined || values.config !== undefined || values.server !== undefined) {
    throw new EngineError('cli/usage', `name a server of a site file, or a URL\nusage: ${USAGE}`);
  }
  const isOpen = values.security === 'None';
  const identity =
    values.user === undefined
      ? { type: 'anonymous' }
      : { type: 'user-name', userName: values.user, passwordFile: values['password-file'] };
  const securityMode = values.mode ?? (isOpen ? 'None' : undefined);
  const server = { id: 'asked', endpointUrl: values.url, securityMode, securityPolicy: values.security, identity };
  return { kind: 'url', server };
}

function describeNode({ path, node, nodeClass, variable }: BrowsedNode): string {
  if (variable === null) return printable(`${path}  ${nodeClass}  ${node}`);
  const type = variable.datatype ?? `${variable.dataTypeName ?? 'unknown'} (${variable.unfit ?? 'not usable'})`;
  const access = `${variable.isReadable === true ? 'r' : '-'}${variable.isWritable === true ? 'w' : '-'}`;
  const units = variable.units === null ? '' : `  ${variable.units}`;
  return printable(`${path}  ${type}  ${access}  ${node}${units}`);
}

function toLines({ nodes, faults }: BrowseBatch, isJson: boolean): string[] {
  if (!isJson) return nodes.map(describeNode);
  return [
    ...nodes.map((node) => JSON.stringify({ kind: 'node', ...node })),
    ...faults.map((fault) => JSON.stringify({ kind: 'fault', ...fault })),
  ];
}

/** Waits for a slow reader, so that nothing piles up here. */
async function write(lines: readonly string[], signal: AbortSignal): Promise<void> {
  if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`)) {
    await once(process.stdout, 'drain', { signal });
  }
}

const describeProgress = ({ nodeCount, faultCount, waitingCount, phase }: BrowseProgress): string =>
  `${phase}: ${nodeCount} nodes, ${faultCount} not in full, ${waitingCount} waiting`;

/**
 * `lineside opcua browse`: the address space of a server, a line for each node as it is found; progress and faults
 * go to standard error. With `--json` nodes and faults are JSON lines, and the last line (`kind: "end"`) says how it
 * ended. Ctrl-C ends it in order. Returns the exit code.
 */
export async function runOpcuaBrowse(words: readonly string[]): Promise<number> {
  const values = readArguments(words, OPTIONS, USAGE);
  const target = readTarget(values);
  const isJson = values.json ?? false;
  const signal = abortOnStop();
  let progress: BrowseProgress = { nodeCount: 0, faultCount: 0, waitingCount: 0, phase: 'browsing' };
  const stopTelling = systemClock.every(PROGRESS_EVERY_MS, () => console.error(describeProgress(progress)));
  const end = async (phase: string, code?: string): Promise<void> => {
    console.error(describeProgress(progress).replace(progress.phase, phase));
    if (!isJson) return;
    const { nodeCount, faultCount } = progress;
    const line = JSON.stringify({ kind: 'end', phase, ...(code === undefined ? {} : { code }), nodeCount, faultCount });
    // The reader may be gone, or never take it.
    const written = new Promise<void>((resolve) => process.stdout.write(`${line}\n`, () => resolve()));
    await within(systemClock, LAST_LINE_LIMIT_MS, written, () => new Error('nobody reads')).catch(() => {});
  };
  try {
    const batches = composeBrowse({
      target,
      dataFolder: values.data,
      root: values.root,
      maxDepth: readCount(values.depth, 'depth', 0),
      maxNodes: readCount(values.max, 'max', 1),
      includesProperties: values.properties,
      mostInFlight: readCount(values['in-flight'], 'in-flight', 1),
      pauseMs: readCount(values['pause-ms'], 'pause-ms', 0),
      signal,
    });
    for await (const batch of batches) {
      progress = batch.progress;
      if (!isJson) for (const fault of batch.faults) console.error(printable(`${fault.text} (${fault.code})`));
      await write(toLines(batch, isJson), signal);
    }
    await end(progress.phase);
  } catch (error) {
    if (!signal.aborted) {
      await end('failed', isEngineError(error) ? error.code : undefined);
      throw error;
    }
    await end('stopped');
  } finally {
    stopTelling();
  }
  return EXIT.ok;
}
