import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Datatype, MetricChange, MetricValue } from '../../shared/domain/metric.ts';
import { systemClock } from '../platform/clock.ts';
import { SqliteForwardBuffer } from '../store-and-forward/sqlite-forward-buffer.ts';
import { runQueue } from './run-queue.ts';

const VALUES: readonly (readonly [Datatype, MetricValue, exported: unknown, listed: string])[] = [
  ['UInt64', 2n ** 64n - 1n, '18446744073709551615', '18446744073709551615'],
  ['Double', Number.NaN, 'NaN', 'NaN'],
  ['Double', -0, '-0', '-0'],
  ['Double', null, null, '–'],
  ['Bytes', Uint8Array.of(0, 255), 'AP8=', '2 bytes'],
  ['Int64Array', [-(2n ** 63n), 1n], ['-9223372036854775808', '1'], '[-9223372036854775808, 1]'],
  ['DoubleArray', [0.1, -Infinity, -0, 4, 5], [0.1, '-Infinity', '-0', 4, 5], '[0.1, -Infinity, -0, 4, …] 5 items'],
  ['StringArray', ['', 'a"b'], ['', 'a"b'], '["", "a\\"b"]'],
  ['BooleanArray', [], [], '[]'],
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-queue-'));
  const options = { folder: join(folder, 'buffer'), limitBytes: 10_000_000, whenFull: 'drop-oldest' } as const;
  const buffer = new SqliteForwardBuffer(options, systemClock);
  const facts = { deviceId: 'Filler', metricName: 'Value', quality: 'good', statusCode: 0 } as const;
  await buffer.append(
    VALUES.map(([datatype, value], index): MetricChange => ({ ...facts, datatype, value, timestampMs: 1_000 + index })),
  );
  await buffer.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function linesOf(what: string): Promise<readonly string[]> {
  const lines: string[] = [];
  await runQueue([what, '--data', folder], (line) => lines.push(line));
  return lines;
}

it('exports every value exactly, in JSON', async () => {
  const rows = (await linesOf('export')).map((line) => JSON.parse(line) as { datatype: string; value: unknown });
  expect(rows.map(({ datatype, value }) => [datatype, value])).toEqual(
    VALUES.map(([datatype, , exported]) => [datatype, exported]),
  );
});

it('lists values in a line each, arrays by their first items', async () => {
  const lines = await linesOf('list');
  expect(lines).toHaveLength(VALUES.length);
  for (const [index, [, , , listed]] of VALUES.entries()) expect(lines[index]).toContain(`  ${listed}  good`);
});
