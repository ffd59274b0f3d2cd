/** A gateway for the crash tests: stores, sends and sets rows aside for ever, and says so. `node <file> <folder>` */
import { systemClock } from '../platform/clock.ts';
import { changesOf } from './change-ramp.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: count-until-killed <folder>');
const buffer = new SqliteForwardBuffer({ folder, limitBytes: 50_000_000, whenFull: 'drop-oldest' }, systemClock);

for (let first = (await buffer.stats()).lastRowId + 1; ; first += 10) {
  await buffer.append(changesOf(first, 6));
  await buffer.append(changesOf(first + 6, 4), false);
  await buffer.setAside([{ rowId: first + 2, reason: 'no code' }]);
  await buffer.confirm([{ firstRowId: first + 3, lastRowId: first + 7 }], { replayedCount: 5, resentCount: 2 });
  // A line only after all of it is promised: this is what the other side may rely on.
  const stats = JSON.stringify(await buffer.stats());
  await new Promise((resolve) => process.stdout.write(`${stats}\n`, resolve));
}
