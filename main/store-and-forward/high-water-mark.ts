/**
 * The newest row id and how many rows wait, kept outside the database. A torn or deleted write-ahead log loses committed rows and
 * SQLite says "ok" (seen with 64 bytes trashed: 2,900 of 10,000 rows left); only a witness outside can tell.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';

/** Rows of the last seconds are not witnessed; a flush per append would double the cost of each. */
const WRITE_EVERY_MS = 5_000;

const Mark = z.object({
  lastRowId: z.number().int().min(0),
  /** Rows in the buffer; a mark of an older version does not say. */
  rowCount: z.number().int().min(0).optional(),
  /** The small durable facts of the file, for one that cannot be read at all; bdSeq and "observed until" are among them. */
  settings: z.array(z.object({ key: z.string(), value: z.string() })).optional(),
  atMs: z.number(),
});
type Mark = z.infer<typeof Mark>;

export class HighWaterMark {
  readonly #path: string;
  #writtenAtMs = -Infinity;

  constructor(path: string) {
    this.#path = path;
  }

  /** What was written last, undefined when there is no readable mark. */
  read(): Mark | undefined {
    try {
      return Mark.safeParse(JSON.parse(readFileSync(this.#path, 'utf8'))).data;
    } catch {
      // First start, or the mark itself is damaged: then there is no witness, and nothing can be said.
      return undefined;
    }
  }

  /** Writes at most every few seconds, always when `isLast`. */
  raise(readFacts: () => Required<Omit<Mark, 'atMs'>>, nowMs: number, isLast = false): void {
    if (!isLast && Math.abs(nowMs - this.#writtenAtMs) < WRITE_EVERY_MS) return;
    this.#writtenAtMs = nowMs;
    try {
      writeWhole(this.#path, JSON.stringify({ ...readFacts(), atMs: nowMs } satisfies Mark));
    } catch {
      // An older mark is a weaker witness, no loss; on a full disk the buffer itself fails and raises the alarm.
    }
  }
}

/** Old or new content, nothing in between, whenever the power goes. */
function writeWhole(path: string, content: string): void {
  const next = `${path}.next`;
  const file = openSync(next, 'w', 0o600);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
}
