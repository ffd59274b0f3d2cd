/**
 * A writer for the fault tests: `node append-to-buffer.ts '{"folder":…}'` appends a ramp, row n with the value n, and
 * prints the newest row id after each append that has resolved. What it has printed is what the other side relies on.
 */
import { mkdirSync } from 'node:fs';
import type { MetricChange } from '../../../shared/domain/metric.ts';
import { systemClock } from '../../platform/clock.ts';
import { bufferFilePath } from '../../store-and-forward/buffer-file-keeper.ts';
import type { AppendResult, WhenFull } from '../../store-and-forward/forward-buffer.ts';
import { openSqlite } from '../../store-and-forward/open-sqlite.ts';
import { SqliteBufferFile } from '../../store-and-forward/sqlite-buffer-file.ts';
import { SqliteForwardBuffer } from '../../store-and-forward/sqlite-forward-buffer.ts';
import { rampChange } from './ramp-change.ts';

interface WriterOptions {
  readonly folder: string;
  readonly limitBytes: number;
  readonly whenFull: WhenFull;
  readonly batchRows: number;
  /** Ends by itself in good order when the ramp has come so far. */
  readonly untilRow?: number;
  /** Rows so far behind the newest are deleted as if they had arrived. */
  readonly confirmBehindRows?: number;
  /** Whose values the rows are; without it those of a metric that no site has. */
  readonly metric?: { readonly deviceId: string; readonly metricName: string };
  /** synchronous=NORMAL, which the product does not have: shows that the power-cut test can fail. */
  readonly isPowerUnsafe?: boolean;
}

interface Appending {
  append(changes: readonly MetricChange[]): Promise<AppendResult>;
  confirm(upToRowId: number): Promise<void>;
  lastRowId(): Promise<number>;
  close(): Promise<void>;
}

function openProduct({ folder, limitBytes, whenFull }: WriterOptions): Appending {
  const buffer = new SqliteForwardBuffer({ folder, limitBytes, whenFull }, systemClock);
  return {
    append: (changes) => buffer.append(changes),
    confirm: (lastRowId) => buffer.confirm([{ firstRowId: 1, lastRowId }]),
    lastRowId: async () => (await buffer.stats()).lastRowId,
    close: () => buffer.close(),
  };
}

function openUnsafe({ folder, limitBytes, whenFull }: WriterOptions): Appending {
  mkdirSync(folder, { recursive: true });
  const db = openSqlite(bufferFilePath(folder), limitBytes);
  db.pragma('synchronous = NORMAL');
  const file = new SqliteBufferFile(db, limitBytes, whenFull);
  return {
    append: (changes) => Promise.resolve(file.append(changes, systemClock.nowMs())),
    confirm: (lastRowId) => Promise.resolve(file.confirm([{ firstRowId: 1, lastRowId }])),
    lastRowId: () => Promise.resolve(file.tally.lastRowId),
    close: () => Promise.resolve(file.close()),
  };
}

// Written by the test that starts this program.
const options = JSON.parse(process.argv[2] ?? '{}') as WriterOptions;
const { batchRows, untilRow = Infinity, confirmBehindRows = Infinity } = options;
const writer = options.isPowerUnsafe === true ? openUnsafe(options) : openProduct(options);
for (let next = (await writer.lastRowId()) + 1; next <= untilRow; next += batchRows) {
  const { lastRowId } = await writer.append(
    Array.from({ length: batchRows }, (_, index) => ({ ...rampChange(next + index), ...options.metric })),
  );
  await new Promise((resolve) => process.stdout.write(`${lastRowId}\n`, resolve));
  if (lastRowId > confirmBehindRows) await writer.confirm(lastRowId - confirmBehindRows);
}
await writer.close();
