import { type JsonItem, toJsonItem, toJsonItems } from '../../shared/domain/array-json.ts';
import { isArrayValue } from '../../shared/domain/metric.ts';
import { findGateway, openBufferReader } from '../compose-queue.ts';
import { describeValue } from '../engine/tag-listing.ts';
import { EngineError } from '../platform/engine-error.ts';
import type { BufferedChange } from '../store-and-forward/forward-buffer.ts';
import { runPurge, runRetry } from './change-queue.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';

const USAGE = `lineside queue stats|list|losses|export|deadletters --data DIR [--search TEXT] [--max N] [--json]
       lineside queue purge --data DIR (--search TEXT | --device ID | --metric NAME | --before ISO | --all) [--yes] [--json]
       lineside queue retry --data DIR [--yes] [--json]`;
const LIST_ROWS = 50;

type Print = (text: string) => void;
type Reader = ReturnType<typeof openBufferReader>;

const isoTime = (timestampMs: number): string => new Date(timestampMs).toISOString();

/** Values JSON has no form for go as text: 64-bit integers, NaN, infinities and -0, bytes as base64. */
function toJsonValue(value: BufferedChange['value']): JsonItem | readonly JsonItem[] | null {
  if (value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return isArrayValue(value) ? toJsonItems(value) : toJsonItem(value);
}

const toJsonRow = (row: BufferedChange): string =>
  JSON.stringify({ ...row, value: toJsonValue(row.value), time: isoTime(row.timestampMs) });

const toTextRow = (row: BufferedChange): string =>
  [
    String(row.rowId).padStart(10),
    isoTime(row.timestampMs),
    `${row.deviceId ?? '(node)'} ${row.metricName}`.padEnd(36),
    describeValue(row.value) ?? '–',
    row.quality,
  ].join('  ');

function printStats(reader: Reader, gatewayPid: number | undefined, isJson: boolean, print: Print): void {
  const facts = reader.facts();
  if (isJson) {
    print(JSON.stringify({ ...facts, gatewayPid: gatewayPid ?? null }));
    return;
  }
  print(`gateway               ${gatewayPid === undefined ? 'does not run' : `runs, pid ${gatewayPid}`}`);
  const oldest = facts.oldestTimestampMs === null ? '–' : isoTime(facts.oldestTimestampMs);
  print(`rows in the buffer    ${facts.rowCount}, the oldest from ${oldest}`);
  print(`stored since made     ${facts.storedCount}, of these ${facts.messagesQueued} without a session`);
  print(`arrived, deleted      ${facts.confirmedCount}`);
  print(`sent as historical    ${facts.messagesReplayed}, sent again ${facts.resentCount}`);
  print(
    `dropped               ${facts.droppedCount} (lineside queue losses names them), of these ${facts.purgedCount} purged`,
  );
  print(`damaged, set aside    ${facts.damagedCount} (lineside queue deadletters lists them)`);
  print(`unsendable, set aside ${facts.deadLetterCount} (there too, each with its reason)`);
}

function printLosses(reader: Reader, isJson: boolean, print: Print): void {
  const losses = reader.losses();
  if (isJson) print(JSON.stringify(losses));
  else if (losses.length === 0) print('nothing was ever dropped');
  else {
    for (const loss of losses) {
      const range = `${isoTime(loss.firstTimestampMs)} to ${isoTime(loss.lastTimestampMs)}`;
      print(`${loss.droppedCount} of ${loss.deviceId ?? '(node)'} ${loss.metricName}, ${range}: ${loss.reason}`);
    }
  }
}

function printDeadLetters(reader: Reader, isJson: boolean, print: Print): void {
  const letters = reader.deadLetters();
  if (isJson) print(JSON.stringify(letters));
  else if (letters.length === 0) print('nothing is set aside');
  else {
    for (const letter of letters) {
      const name = `${letter.deviceId ?? '(node)'} ${letter.metricName}`;
      const fate = letter.isReadable ? 'can be put back with lineside queue retry' : 'cannot be read';
      const time = letter.isReadable ? isoTime(letter.timestampMs) : 'of an unknown time';
      print(`row ${letter.rowId}, ${name}, ${time}: ${letter.reason}, found ${isoTime(letter.foundAtMs)}; ${fate}`);
    }
  }
}

function printRows(
  reader: Reader,
  options: { readonly search: string; readonly maxRows: number; readonly isJson: boolean },
  print: Print,
): void {
  let printedCount = 0;
  for (const row of reader.rows(options.search)) {
    if (printedCount++ >= options.maxRows) return;
    print(options.isJson ? toJsonRow(row) : toTextRow(row));
  }
}

/**
 * `lineside queue …`: looks into the forward buffer of a gateway, running or stopped; only `purge` and `retry`
 * change it, and only with `--yes`. `list` prints the oldest rows, `export` all of them, each a JSON line.
 * Returns the exit code.
 */
export async function runQueue(words: readonly string[], print: Print): Promise<number> {
  const [what, ...rest] = words;
  if (what === 'purge') return runPurge(rest, print, USAGE);
  if (what === 'retry') return runRetry(rest, print, USAGE);
  const values = readArguments(
    rest,
    { data: { type: 'string' }, search: { type: 'string' }, max: { type: 'string' }, json: { type: 'boolean' } },
    USAGE,
  );
  if (values.data === undefined) throw new EngineError('cli/usage', `name the data folder\nusage: ${USAGE}`);
  const isJson = values.json ?? false;
  const search = values.search ?? '';
  const max = readCount(values.max, 'max', 1);
  const reader = openBufferReader(values.data);
  try {
    if (what === 'stats') printStats(reader, await findGateway(values.data), isJson, print);
    else if (what === 'losses') printLosses(reader, isJson, print);
    else if (what === 'deadletters') printDeadLetters(reader, isJson, print);
    else if (what === 'list') printRows(reader, { search, maxRows: max ?? LIST_ROWS, isJson }, print);
    else if (what === 'export') printRows(reader, { search, maxRows: max ?? Infinity, isJson: true }, print);
    else throw new EngineError('cli/usage', `there is no "queue ${what ?? ''}"\nusage: ${USAGE}`);
  } finally {
    reader.close();
  }
  return EXIT.ok;
}
