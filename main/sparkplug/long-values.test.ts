import { describe, expect, it } from 'vitest';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { decodePayload } from './decode-payload.ts';
import { AliasBook, type BirthMetric, encodeDeviceBirth } from './edge-node-births.ts';
import { frameRows } from './edge-node-data.ts';
import { encodePayload } from './encode-payload.ts';
import { toMetricValue } from './metric-value.ts';

const MEBIBYTE = 1024 * 1024;
const textOf = (index: number): string => String.fromCharCode(97 + index).repeat(MEBIBYTE);
const metrics = Array.from({ length: 20 }, (_metric, index): BirthMetric => {
  const facts = { metricName: `m${index}`, quality: 'good', statusCode: 0, timestampMs: 1 } as const;
  return index % 2 === 0 || index === 19
    ? { ...facts, datatype: 'String', value: index === 19 ? 'short' : textOf(index) }
    : { ...facts, datatype: 'DoubleArray', value: Array.from({ length: MEBIBYTE / 8 }, (_item, at) => index + at / 7) };
});
const birthOf = (): ReturnType<typeof encodeDeviceBirth> =>
  encodeDeviceBirth(
    { seq: 1, nowMs: 1, dataTopic: 'spBv1.0/g/DDATA/n/press' },
    { deviceId: 'press', isOnline: true, metrics },
    new AliasBook(),
  );

describe('long values', () => {
  it('never make a birth that a host refuses: what has no room is told without its value', () => {
    const result = decodePayload(birthOf().payload);
    if (result.kind === 'fault') throw new Error(result.reason);
    const told = result.payload.metrics.filter(({ isNull }) => !isNull);
    expect(result.payload.metrics).toHaveLength(20);
    expect(told.map(({ name }) => name)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm19']);
    expect(result.payload.metrics.at(8)?.properties?.get('Quality')?.value).toBe(500);
  });

  it('are cut into messages that a host takes, each value whole', () => {
    const { scope } = birthOf();
    const rows = metrics.map((metric): MetricChange => ({ ...metric, deviceId: 'press' }));
    const { messages, notTaken } = frameRows(rows, new Map([['press', scope]]), false);
    expect(notTaken).toEqual([]);
    expect(messages.length).toBeGreaterThan(10);
    const values = messages.flatMap((message) => {
      const result = decodePayload(encodePayload(1, 2, message.metrics));
      if (result.kind === 'fault') throw new Error(result.reason);
      return result.payload.metrics;
    });
    const decoded = values.map((value, index) => toMetricValue(value, metrics[index]?.datatype === 'String' ? 12 : 31));
    for (const [index, metric] of metrics.entries()) expect(decoded[index]).toStrictEqual(metric.value);
  });
});
