import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { bufferFilePath } from '../store-and-forward/buffer-file-keeper.ts';
import type { BufferPage } from '../store-and-forward/forward-buffer.ts';
import { WorkerForwardBuffer } from '../store-and-forward/worker-forward-buffer.ts';
import { type BenchResult, result } from './result.ts';

/** A group commit of the pipeline. */
const BATCH_ROWS = 500;
const METRICS = 500;
const FILL_BATCH_ROWS = 5_000;
const LIMIT_BYTES = 500_000_000;
const PAGE_ROWS = 100;
const SEARCH = 'load/1';
/** Ours and the raw library take turns this often, so that a neighbour's load hits both. */
const ROUNDS = 6;

const makeChanges = (from: number, count: number): readonly MetricChange[] =>
  Array.from({ length: count }, (_unused, index) => ({
    deviceId: 'press-1',
    metricName: `Load/${(from + index) % METRICS}`,
    datatype: 'Double',
    value: (from + index) * 0.37,
    quality: 'good',
    statusCode: 0,
    timestampMs: 1_767_600_000_000 + from + index,
  }));

/** The same columns in the same types, nothing else: no names, no checksum, no ledger, no thread. */
class RawTable {
  readonly #db;
  readonly #insert;
  #rowId = 0;

  constructor(folder: string) {
    this.#db = new Database(join(folder, 'raw.sqlite'));
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = FULL');
    this.#db.exec(
      'CREATE TABLE change (row_id INTEGER PRIMARY KEY, metric_id INTEGER NOT NULL, value_kind INTEGER NOT NULL, value, quality INTEGER NOT NULL, status_code INTEGER NOT NULL, timestamp_ms INTEGER NOT NULL, stored_at_ms INTEGER NOT NULL, crc32 INTEGER NOT NULL, priority INTEGER NOT NULL)',
    );
    this.#insert = this.#db.prepare('INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  }

  append(changes: readonly MetricChange[]): void {
    const run = this.#db.transaction(() => {
      for (const { value, timestampMs } of changes) {
        const crc = (this.#rowId * 2_654_435_761) >>> 0;
        this.#insert.run(++this.#rowId, this.#rowId % METRICS, 1, value, 0, 0, timestampMs, timestampMs, crc, 1);
      }
    });
    run.immediate();
  }

  close(): void {
    this.#db.close();
  }
}

async function secondsOf(work: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1_000;
}

/** Rows a second of both, in turns, through the real thread and with a flush to disk in each transaction. */
async function benchAppend(folder: string, seconds: number): Promise<BenchResult[]> {
  const buffer = await openBuffer(join(folder, 'ours'));
  const raw = new RawTable(folder);
  const turnMs = (seconds * 1_000) / ROUNDS / 2;
  const spent = { ours: { rows: 0, s: 0 }, raw: { rows: 0, s: 0 } };
  const takeTurn = async (
    who: 'ours' | 'raw',
    append: (changes: readonly MetricChange[]) => unknown,
  ): Promise<void> => {
    const startedMs = performance.now();
    while (performance.now() - startedMs < turnMs) {
      const changes = makeChanges(spent[who].rows, BATCH_ROWS);
      spent[who].s += await secondsOf(() => append(changes));
      spent[who].rows += BATCH_ROWS;
    }
  };
  for (let round = 0; round < ROUNDS; round++) {
    await takeTurn('ours', (changes) => buffer.append(changes));
    await takeTurn('raw', (changes) => raw.append(changes));
  }
  raw.close();
  await buffer.close();
  const perS = ({ rows, s }: { rows: number; s: number }): number => rows / s;
  return [result('append', `${BATCH_ROWS} a commit`, 'rows', perS(spent.ours), '1/s', perS(spent.raw))];
}

const openBuffer = (folder: string): Promise<WorkerForwardBuffer> =>
  WorkerForwardBuffer.open({ folder, limitBytes: LIMIT_BYTES, whenFull: 'drop-oldest' });

/** Fills the file to its limit, until the first row is dropped; how many rows were appended. */
async function fill(buffer: WorkerForwardBuffer): Promise<number> {
  for (let from = 0; ; from += FILL_BATCH_ROWS) {
    const { droppedCount } = await buffer.append(makeChanges(from, FILL_BATCH_ROWS));
    if (droppedCount > 0) return from + FILL_BATCH_ROWS;
  }
}

/** All that waits, oldest first, as the forwarder takes it. */
async function drain(buffer: WorkerForwardBuffer, lastRowId: number): Promise<number> {
  let afterRowId = 0;
  let rowCount = 0;
  for (;;) {
    const rows = await buffer.read({ afterRowId, upToRowId: lastRowId, maxRows: FILL_BATCH_ROWS });
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return rowCount;
    if (rows.some((row, place) => row.rowId <= (rows[place - 1]?.rowId ?? afterRowId))) throw new Error('out of order');
    await buffer.confirm([{ firstRowId: first.rowId, lastRowId: last.rowId }]);
    rowCount += rows.length;
    afterRowId = last.rowId;
  }
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 5; count++) times.push((await secondsOf(work)) * 1_000);
  return times.toSorted((a, b) => a - b)[2] ?? 0;
}

/** How a buffer of 500 MB opens, is looked through and drains. */
async function benchFull(folder: string): Promise<BenchResult[]> {
  const path = join(folder, 'full');
  const filling = await openBuffer(path);
  const lastRowId = await fill(filling);
  const { rowCount } = await filling.stats();
  const walBytes = statSync(`${bufferFilePath(path)}-wal`).size;
  await filling.close();
  const fileBytes = statSync(bufferFilePath(path)).size;
  let buffer: WorkerForwardBuffer | undefined;
  const openS = await secondsOf(async () => (buffer = await openBuffer(path)));
  if (buffer === undefined) throw new Error('the buffer did not open');
  const store = buffer;
  const pageAt = (fromIndex: number, search = ''): Promise<BufferPage> =>
    store.page({ fromIndex, maxRows: PAGE_ROWS, search });
  const firstPageMs = await medianMs(() => pageAt(0));
  const lastPageMs = await medianMs(() => pageAt(rowCount - PAGE_ROWS));
  const firstSearchS = await secondsOf(() => pageAt(0, SEARCH));
  const { rowCount: foundCount } = await pageAt(0, SEARCH);
  const searchMs = await medianMs(() => pageAt(foundCount - PAGE_ROWS, SEARCH));
  let drainedRows = 0;
  const drainS = await secondsOf(async () => (drainedRows = await drain(store, lastRowId)));
  await store.close();
  if (drainedRows !== rowCount) throw new Error(`${drainedRows} of ${rowCount} rows came out`);
  const name = `full, ${(rowCount / 1e6).toFixed(1)} million rows`;
  return [
    result('append', name, 'file', fileBytes / 1e6, 'MB', LIMIT_BYTES / 1e6),
    result('append', name, 'log', walBytes / 1e6, 'MB'),
    result('append', name, 'open', openS, 's'),
    result('append', name, 'first page', firstPageMs, 'ms'),
    result('append', name, 'last page', lastPageMs, 'ms'),
    result('append', name, 'first search after the opening', firstSearchS, 's'),
    result('append', name, 'last page of a search', searchMs, 'ms'),
    result('append', name, 'drained in order', drainedRows / drainS, '1/s'),
  ];
}

/** The forward buffer alone: what it takes, and how it is when it is full of an outage. */
export async function benchBuffer(seconds: number): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lineside-append-'));
  try {
    return [...(await benchAppend(folder, seconds)), ...(await benchFull(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
