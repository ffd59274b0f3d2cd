import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { systemClock } from '../platform/clock.ts';
import { BufferReader } from './buffer-reader.ts';
import { SqliteForwardBuffer } from './sqlite-forward-buffer.ts';

const root = mkdtempSync(join(tmpdir(), 'lineside-buffer-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const change = (metricName: string, value: number): MetricChange => ({
  deviceId: 'Filler',
  metricName,
  datatype: 'UInt32',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs: 1_000 + value,
});

describe('BufferReader', () => {
  it('reads beside the gateway that writes: facts, rows in order, a search', async () => {
    const folder = mkdtempSync(join(root, 'case-'));
    const buffer = new SqliteForwardBuffer({ folder, limitBytes: 10_000_000, whenFull: 'drop-oldest' }, systemClock);
    await buffer.append([change('Counts/Processed', 1), change('Load/0001', 2), change('Load/0001', 3)]);
    const reader = new BufferReader(folder);
    expect(reader.facts()).toMatchObject({ rowCount: 3, lastRowId: 3, storedCount: 3, oldestTimestampMs: 1_001 });
    expect([...reader.rows('')].map((row) => row.value)).toEqual([1, 2, 3]);
    expect([...reader.rows('load')].map((row) => row.value)).toEqual([2, 3]);
    await buffer.confirm([{ firstRowId: 1, lastRowId: 2 }]);
    expect(reader.facts()).toMatchObject({ rowCount: 1 });
    expect(reader.losses()).toEqual([]);
    reader.close();
    await buffer.close();
  });

  it('reads what a stopped gateway left', async () => {
    const folder = mkdtempSync(join(root, 'case-'));
    const buffer = new SqliteForwardBuffer({ folder, limitBytes: 10_000_000, whenFull: 'drop-oldest' }, systemClock);
    await buffer.append([change('Load/0001', 7)]);
    await buffer.close();
    const reader = new BufferReader(folder);
    expect([...reader.rows('')].map((row) => row.value)).toEqual([7]);
    reader.close();
  });

  it('says so when a folder holds no buffer', () => {
    expect(() => new BufferReader(mkdtempSync(join(root, 'case-')))).toThrow(/holds no buffer/);
  });
});
