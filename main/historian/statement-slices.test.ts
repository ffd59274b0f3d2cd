import { expect, it } from 'vitest';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { sliceForStatements } from './statement-slices.ts';

const row = (index: number, meta: TelemetryRow['meta'] = null): TelemetryRow => ({
  timeMs: index,
  machineId: 'plant/edge/filler',
  metricName: 'Value',
  value: null,
  quality: 192,
  meta,
  isHistorical: false,
  receivedAtMs: index,
});
const rowsOf = (count: number, meta: TelemetryRow['meta'] = null): TelemetryRow[] =>
  Array.from({ length: count }, (_row, index) => row(index, meta));
const sizesOf = (rows: readonly TelemetryRow[]): number[] =>
  [...sliceForStatements(rows, 10_000)].map((slice) => slice.length);

it('cuts by the number of rows', () => {
  expect(sizesOf([])).toEqual([]);
  expect(sizesOf(rowsOf(1))).toEqual([1]);
  expect(sizesOf(rowsOf(20_001))).toEqual([10_000, 10_000, 1]);
});

it('cuts by the length of texts and arrays, and keeps every row in its place', () => {
  const rows = [...rowsOf(40, { text: 'x'.repeat(1_000_000) }), row(99), row(100, { statusCode: 1 })];
  expect(sizesOf(rows)).toEqual([16, 16, 10]);
  expect([...sliceForStatements(rows, 10_000)].flat()).toEqual(rows);
  expect(sizesOf(rowsOf(4, { items: Array.from({ length: 400_000 }, () => 0.1) }))).toEqual([1, 1, 1, 1]);
});

it('gives a row that is longer than a statement should be one of its own', () => {
  expect(sizesOf([row(1), row(2, { text: 'x'.repeat(20_000_000) }), row(3)])).toEqual([1, 1, 1]);
});
