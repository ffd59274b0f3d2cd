/**
 * Opens a forward buffer as a gateway would, recovery and all, and prints what it holds as one line of JSON:
 * `node describe-buffer.ts '{"folder":…}'`.
 */
import { systemClock } from '../../platform/clock.ts';
import type { WhenFull } from '../../store-and-forward/forward-buffer.ts';
import { SqliteForwardBuffer } from '../../store-and-forward/sqlite-forward-buffer.ts';

const PAGE_ROWS = 20_000;

// Written by the test that starts this program.
const options = JSON.parse(process.argv[2] ?? '{}') as { folder: string; limitBytes: number; whenFull: WhenFull };
const startedMs = performance.now();
const buffer = new SqliteForwardBuffer(options, systemClock);
const openedAfterMs = performance.now() - startedMs;
const { lastRowId } = await buffer.stats();

/** Runs of values that follow each other, in the order of the rows: `[[1, 500], [502, 900]]`. */
const runs: [number, number][] = [];
for (let afterRowId = 0; afterRowId < lastRowId;) {
  const rows = await buffer.read({ afterRowId, upToRowId: lastRowId, maxRows: PAGE_ROWS });
  for (const { value } of rows) {
    const run = runs.at(-1);
    if (run !== undefined && Number(value) === run[1] + 1) run[1]++;
    else runs.push([Number(value), Number(value)]);
  }
  afterRowId = rows.at(-1)?.rowId ?? lastRowId;
}
// After the reading, which is what finds damaged rows.
const facts = { stats: await buffer.stats(), losses: await buffer.losses(), runs, openedAfterMs };
await buffer.close();
process.stdout.write(`${JSON.stringify(facts)}\n`);
