/** A gateway for the crash tests: appends ramps for ever, and says what has been accepted. `node <file> <folder>` */
import type { MetricChange } from '../../shared/domain/metric.ts';
import { systemClock } from '../platform/clock.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const BATCH_ROWS = 37;

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: append-until-killed <folder>');
const buffer = new SqliteForwardBuffer({ folder, limitBytes: 50_000_000, whenFull: 'drop-oldest' }, systemClock);

const changeOf = (value: number): MetricChange => ({
  deviceId: 'press-1',
  metricName: 'Count',
  datatype: 'Double',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs: 1_767_600_000_000 + value,
});

for (let next = (await buffer.stats()).lastRowId + 1; ; next += BATCH_ROWS) {
  const { lastRowId } = await buffer.append(Array.from({ length: BATCH_ROWS }, (_, index) => changeOf(next + index)));
  // A line only after the append has resolved: this is what the other side may rely on.
  await new Promise((resolve) => process.stdout.write(`${lastRowId}\n`, resolve));
}
