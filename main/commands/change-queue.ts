import type { LossEntry } from '../../shared/domain/listings.ts';
import type { PurgeFilter } from '../../shared/domain/purge.ts';
import { openBufferReader, openChangeableBuffer } from '../compose-queue.ts';
import { EngineError } from '../platform/engine-error.ts';
import { EXIT, readArguments } from './read-arguments.ts';

const isoTime = (timestampMs: number): string => new Date(timestampMs).toISOString();
const countRows = (losses: readonly LossEntry[]): number => losses.reduce((sum, loss) => sum + loss.droppedCount, 0);

interface PurgeWords {
  readonly search?: string | undefined;
  readonly device?: string | undefined;
  readonly metric?: string | undefined;
  readonly before?: string | undefined;
  readonly all?: boolean | undefined;
}

/** @throws EngineError `cli/usage` when nothing is named, or everything and something. */
function readFilter({ search, device, metric, before, all }: PurgeWords, usage: string): PurgeFilter {
  const beforeMs = before === undefined ? undefined : Date.parse(before);
  if (beforeMs !== undefined && Number.isNaN(beforeMs)) {
    throw new EngineError('cli/usage', `--before ${before} is no time; write it as 2026-01-31T06:00:00Z`);
  }
  const filter = {
    ...(search === undefined || search === '' ? {} : { search }),
    ...(device === undefined ? {} : { deviceId: device === '(node)' ? null : device }),
    ...(metric === undefined ? {} : { metricName: metric }),
    ...(beforeMs === undefined ? {} : { beforeMs }),
  };
  const isNamed = Object.keys(filter).length > 0;
  if (isNamed === (all ?? false)) {
    const text = isNamed ? '--all leaves nothing to name' : 'name what is to be purged, or --all';
    throw new EngineError('cli/usage', `${text}\nusage: ${usage}`);
  }
  return filter;
}

function printPurge(
  losses: readonly LossEntry[],
  isDone: boolean,
  isJson: boolean,
  print: (text: string) => void,
): void {
  const rowCount = countRows(losses);
  if (isJson) {
    print(JSON.stringify({ isDone, rowCount, losses }));
    return;
  }
  for (const loss of losses) {
    const range = `${isoTime(loss.firstTimestampMs)} to ${isoTime(loss.lastTimestampMs)}`;
    print(`${loss.droppedCount} of ${loss.deviceId ?? '(node)'} ${loss.metricName}, ${range}`);
  }
  if (isDone) print(`${rowCount} rows purged; lineside queue losses names them`);
  else print(`${rowCount} rows would be purged, for ever; say --yes to do it`);
}

/**
 * `lineside queue purge`: deletes rows that are not to be sent any more, on a running or a stopped gateway. What
 * goes is named first and lies in the loss ledger afterwards. Without `--yes` nothing is changed.
 */
export async function runPurge(
  words: readonly string[],
  print: (text: string) => void,
  usage: string,
): Promise<number> {
  const values = readArguments(
    words,
    {
      data: { type: 'string' },
      search: { type: 'string' },
      device: { type: 'string' },
      metric: { type: 'string' },
      before: { type: 'string' },
      all: { type: 'boolean' },
      yes: { type: 'boolean' },
      json: { type: 'boolean' },
    },
    usage,
  );
  if (values.data === undefined) throw new EngineError('cli/usage', `name the data folder\nusage: ${usage}`);
  const filter = readFilter(values, usage);
  const isJson = values.json ?? false;
  const buffer = await openChangeableBuffer(values.data);
  try {
    if (values.yes !== true) {
      printPurge(await buffer.countPurge(filter), false, isJson, print);
      return EXIT.notConfirmed;
    }
    if (!isJson) print(`purging ${countRows(await buffer.countPurge(filter))} rows …`);
    printPurge(await buffer.purge(filter), true, isJson, print);
    return EXIT.ok;
  } finally {
    await buffer.close();
  }
}

/** `lineside queue retry`: puts the dead letters that can be read back into the queue. */
export async function runRetry(
  words: readonly string[],
  print: (text: string) => void,
  usage: string,
): Promise<number> {
  const values = readArguments(
    words,
    { data: { type: 'string' }, yes: { type: 'boolean' }, json: { type: 'boolean' } },
    usage,
  );
  if (values.data === undefined) throw new EngineError('cli/usage', `name the data folder\nusage: ${usage}`);
  if (values.yes !== true) {
    const letters = readLetters(values.data);
    const retriedCount = letters.filter((letter) => letter.isReadable).length;
    const keptCount = letters.length - retriedCount;
    if (values.json === true) print(JSON.stringify({ isDone: false, retriedCount, keptCount }));
    else print(`${retriedCount} rows would be put back, ${keptCount} cannot be read; say --yes to do it`);
    return EXIT.notConfirmed;
  }
  const buffer = await openChangeableBuffer(values.data);
  try {
    const { retriedCount, keptCount } = await buffer.retryDeadLetters();
    if (values.json === true) print(JSON.stringify({ isDone: true, retriedCount, keptCount }));
    else print(`${retriedCount} rows put back into the queue, ${keptCount} stay set aside`);
    return EXIT.ok;
  } finally {
    await buffer.close();
  }
}

function readLetters(dataFolder: string): ReturnType<ReturnType<typeof openBufferReader>['deadLetters']> {
  const reader = openBufferReader(dataFolder);
  try {
    return reader.deadLetters();
  } finally {
    reader.close();
  }
}
