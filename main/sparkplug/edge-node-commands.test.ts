import { describe, expect, it } from 'vitest';
import type { MetricValue } from '../../shared/domain/metric.ts';
import { metric } from '../testing/edge-node-fixture.ts';
import { AliasBook, type BornScope, encodeDeviceBirth } from './edge-node-births.ts';
import { type CommandedMetric, readCommand } from './edge-node-commands.ts';
import { encodePayload, toWireMetric, type WireMetric } from './encode-payload.ts';

const TOPIC = 'spBv1.0/plant/DCMD/line/press';
const device = { deviceId: 'press', isOnline: true, metrics: [metric('speed'), metric('count')] };
const birth = { seq: 1, nowMs: 0, dataTopic: 'x' };
const aliases = new AliasBook();
const { scope } = encodeDeviceBirth(birth, device, aliases);

const asked = (head: { name?: string; alias?: number }, value: MetricValue = 1.5): WireMetric =>
  toWireMetric(
    { ...head, hasDatatype: false, isHistorical: false },
    { datatype: 'Double', value, quality: 'good', statusCode: 0, timestampMs: 0 },
  );
const read = (metrics: WireMetric[], options: { isRetained?: boolean; scope?: BornScope | undefined } = {}) =>
  readCommand(
    { topic: TOPIC, payload: encodePayload(0, null, metrics), isRetained: options.isRetained ?? false },
    'press',
    'scope' in options ? options.scope : scope,
  );
const short = (metrics: readonly CommandedMetric[]): unknown =>
  metrics.map((one) => [one.metricName, one.phase === 'asked' ? one.value : one.reason]);

describe('a command for a device', () => {
  it('names its metrics by name or by the alias of the present birth, and an unknown one fails no other', () => {
    const { metrics } = read([
      asked({ name: 'speed' }, 1),
      asked({ name: 'nothing' }),
      asked({ alias: 2 }, 2),
      asked({ alias: 77 }),
      asked({ name: 'speed', alias: 1 }, 3),
      asked({ name: 'speed', alias: 2 }),
    ]);
    expect(short(metrics)).toEqual([
      ['speed', 1],
      ['nothing', 'unknown-metric'],
      ['count', 2],
      ['alias 77', 'unknown-metric'],
      ['speed', 3],
      ['speed', 'unknown-metric'],
    ]);
  });

  it('is held against the birth of now: an alias of a metric that is gone means nothing', () => {
    const later = encodeDeviceBirth(birth, { ...device, metrics: [metric('count'), metric('valve')] }, aliases).scope;
    expect(
      short(read([asked({ alias: 1 }), asked({ alias: 2 }), asked({ alias: 3 })], { scope: later }).metrics),
    ).toEqual([
      ['alias 1', 'unknown-metric'],
      ['count', 1.5],
      ['valve', 1.5],
    ]);
  });

  it('that the broker kept does nothing, and neither does one for a device that is not born', () => {
    const rebirth = toWireMetric(
      { name: 'Device Control/Rebirth', hasDatatype: false, isHistorical: false },
      { datatype: 'Boolean', value: true, quality: 'good', statusCode: 0, timestampMs: 0 },
    );
    const kept = read([asked({ name: 'speed' }), rebirth], { isRetained: true });
    expect([kept.isRebirthAsked, short(kept.metrics)]).toEqual([false, [[null, 'retained']]]);
    expect(short(read([asked({ name: 'speed' })], { scope: undefined }).metrics)).toEqual([[null, 'device-offline']]);
    const both = read([rebirth, asked({ name: 'speed' })]);
    expect([both.isRebirthAsked, short(both.metrics)]).toEqual([true, [['speed', 1.5]]]);
  });

  it('is refused as a whole when it cannot be read or holds more metrics than a person commands', () => {
    const broken = readCommand({ topic: TOPIC, payload: Uint8Array.of(0xff), isRetained: false }, 'press', scope);
    expect(short(broken.metrics)).toEqual([[null, 'unreadable']]);
    const many = Array.from({ length: 1_001 }, () => asked({ alias: 1 }));
    expect(short(read(many).metrics)).toEqual([[null, 'too-many']]);
    expect(read(many.slice(1)).metrics).toHaveLength(1_000);
  });

  it('writes nothing where its value is null', () => {
    expect(short(read([asked({ name: 'speed' }, null)]).metrics)).toEqual([['speed', 'no-value']]);
  });
});
