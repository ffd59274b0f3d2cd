import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricChange, Sample } from '../../shared/domain/metric.ts';
import { mapSample } from './map-sample.ts';
import { Mapping } from './mapping.ts';
import { type MappedTag, toTagId } from './tag-map.ts';

const tag: MappedTag = {
  tagId: toTagId('Filler', 'Process/Temperature'),
  deviceId: 'Filler',
  serverId: 'line',
  metricName: 'Process/Temperature',
  datatype: 'Double',
  deadbandAbsolute: 0.5,
  samplingIntervalMs: 250,
  queueSize: 10,
  isExempt: false,
  priority: 'normal',
  config: {
    node: 'nsu=urn:x;s=T',
    metric: 'Process/Temperature',
    datatype: 'Double',
    role: 'value',
    sampling: 'normal',
  },
};

const sample = (value: Sample['value'], sourceTimestampMs: number, quality: Sample['quality'] = 'good'): Sample => ({
  tagId: tag.tagId,
  value,
  quality,
  statusCode: 0,
  sourceTimestampMs,
  hasSourceTime: true,
  serverTimestampMs: sourceTimestampMs,
  hasOverflow: false,
});

const change = (value: number, timestampMs: number): MetricChange => ({
  deviceId: 'Filler',
  metricName: tag.metricName,
  datatype: 'Double',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs,
});

describe('mapSample', () => {
  it.each<[string, Sample['value'], Sample['value'], string]>([
    ['the same items', [1, Number.NaN, -0], [1, Number.NaN, -0], 'repeated'],
    ['another item', [1, 2], [1, 3], 'same-time-as-last'],
    ['another zero', [0], [-0], 'same-time-as-last'],
    ['an item less', ['a', 'b'], ['a'], 'same-time-as-last'],
    ['no items instead of no value', [], null, 'same-time-as-last'],
    ['the same 64-bit items', [2n ** 64n - 1n], [2n ** 64n - 1n], 'repeated'],
  ])('tells an array with %s', (_what, before, value, reason) => {
    const last = { ...change(0, 5), value: before };
    expect(mapSample(tag, sample(value, 5), last)).toEqual({ kind: 'dropped', reason });
    expect(mapSample(tag, sample(value, 6), last)).toMatchObject({ kind: 'change', change: { value } });
  });

  it('passes value, quality and source time on unchanged', () => {
    fc.assert(
      fc.property(
        fc.double(),
        fc.nat(),
        fc.constantFrom('good', 'bad', 'uncertain', 'stale'),
        (value, timeMs, quality) => {
          const outcome = mapSample(tag, sample(value, timeMs, quality as Sample['quality']), undefined);
          expect(outcome).toMatchObject({ kind: 'change', change: { value, timestampMs: timeMs, quality } });
        },
      ),
    );
  });

  it('gives the change the class of its tag', () => {
    const high = mapSample({ ...tag, priority: 'high' }, sample(1, 1_000), undefined);
    expect(high).toMatchObject({ kind: 'change', change: { priority: 'high' } });
  });

  it('drops a value within the deadband and says so', () => {
    expect(mapSample(tag, sample(20.4, 2), change(20, 1))).toEqual({ kind: 'dropped', reason: 'within-deadband' });
    expect(mapSample(tag, sample(20.5, 2), change(20, 1))).toMatchObject({ kind: 'change' });
  });

  it('tells what was read back after a write, however small the change', () => {
    const readBack = { ...sample(20.1, 2), isReadBack: true };
    expect(mapSample(tag, readBack, change(20, 1))).toMatchObject({ kind: 'change', change: { value: 20.1 } });
    expect(mapSample(tag, sample(20.1, 2), change(20, 1))).toMatchObject({ kind: 'dropped' });
  });

  it('never hides a change of quality in the deadband', () => {
    expect(mapSample(tag, sample(20.1, 2, 'bad'), change(20, 1))).toMatchObject({ kind: 'change' });
  });

  it('drops the value that a new subscription repeats', () => {
    expect(mapSample(tag, sample(20, 1), change(20, 1))).toEqual({ kind: 'dropped', reason: 'repeated' });
  });
});

describe('Mapping', () => {
  it('accounts for every sample: passed on or counted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ value: fc.integer({ min: 0, max: 5 }), timeMs: fc.integer({ min: 0, max: 9 }) })),
        (inputs) => {
          const mapping = new Mapping([tag]);
          const samples = inputs.map((input) => sample(input.value, input.timeMs));
          const passed = samples.flatMap((one) => mapping.accept([one], 0)).length;
          const dropped = Object.values(mapping.dropped).reduce((sum, count) => sum + count, 0);
          expect(passed + dropped).toBe(samples.length);
        },
      ),
    );
  });

  it('tells values that were read back once, and ends with the newest, when the subscription reports them late', () => {
    const mapping = new Mapping([tag]);
    const readBack = (value: number, timeMs: number): Sample => ({ ...sample(value, timeMs), isReadBack: true });
    const told = (...samples: Sample[]): unknown[] => mapping.accept(samples, 0).map(({ value }) => value);
    expect(told(sample(0, 1), readBack(10, 10), readBack(20, 20), readBack(30, 30))).toEqual([0, 10, 20, 30]);
    expect(told(sample(10, 10), sample(20, 20), sample(30, 30))).toEqual([]);
    expect(mapping.dropped).toEqual({ repeated: 3 });
    // One that nobody has told yet comes in between: the newest is told again after it.
    expect(told(readBack(40, 40), sample(35, 35), sample(40, 40), sample(40, 40))).toEqual([40, 35, 40]);
    expect(mapping.lastChange(tag.tagId)).toMatchObject({ value: 40, timestampMs: 40 });
  });

  it('forgets what was read back of a tag that is another node now', () => {
    const mapping = new Mapping([tag]);
    const told = (...samples: Sample[]): unknown[] => mapping.accept(samples, 0).map(({ value }) => value);
    expect(told({ ...sample(10, 10), isReadBack: true }, { ...sample(20, 20), isReadBack: true })).toEqual([10, 20]);
    mapping.replace([{ ...tag, config: { ...tag.config, node: 'nsu=urn:other;s=Other' } }]);
    expect(told(sample(20, 20), sample(10, 10))).toEqual([20, 10]);
  });

  it('keeps the newest value current when an older one comes late', () => {
    const mapping = new Mapping([tag]);
    mapping.accept([sample(10, 100), sample(30, 50)], 0);
    expect(mapping.lastChange(tag.tagId)).toMatchObject({ value: 10, timestampMs: 100 });
  });
});
