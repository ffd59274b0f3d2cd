import { expect, it } from 'vitest';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { describeRowFault, toColumns, toRejectedJson } from './row-columns.ts';

const row = (change: Partial<TelemetryRow> = {}): TelemetryRow => ({
  timeMs: 1_767_600_000_123,
  machineId: 'plant/edge/filler',
  metricName: 'Total',
  value: 1,
  quality: 192,
  meta: null,
  isHistorical: false,
  receivedAtMs: 1_767_600_000_456,
  ...change,
});

it('finds no fault with an ordinary row', () => {
  expect(describeRowFault(row())).toBeNull();
  expect(describeRowFault(row({ value: null, quality: 500 }))).toBeNull();
});

it.each([
  [{ timeMs: Number.NaN }],
  [{ timeMs: -1 }],
  [{ timeMs: Date.UTC(2300, 0, 1) }],
  [{ quality: 0x80000000 }],
  [{ machineId: '' }],
  [{ metricName: 'a\0b' }],
  [{ metricName: 'x'.repeat(3_000) }],
])('names the fault of a row with %j', (change) => {
  expect(describeRowFault(row(change))).toMatch(/./);
});

it('keeps a text with NUL, shown and counted, because PLC strings are padded with it', () => {
  const [, , , , , metas] = toColumns([row({ meta: { text: 'Held\0\0' } }), row({ meta: { text: 'Execute' } })]);
  expect(metas.map((meta) => JSON.parse(meta ?? '') as unknown)).toEqual([
    { text: 'Held\u2400\u2400', nulCount: 2 },
    { text: 'Execute' },
  ]);
});

it('writes a refused row in a form that jsonb takes', () => {
  const json = toRejectedJson(row({ metricName: 'a\0\ud800', timeMs: Number.NaN }));
  expect(JSON.parse(json)).toMatchObject({ metricName: 'a\u2400\ufffd', timeMs: 'NaN' });
});
