import { describe, expect, it } from 'vitest';
import { type LintCases, testLintCases } from '../../testing/lint-cases.ts';
import { type AnyMetric, LintTraffic } from '../../testing/lint-traffic.ts';
import type { METRIC_RULES } from './metric-rules.ts';

const nodeBirth = (t: LintTraffic, rebirth: AnyMetric) => t.send('NBIRTH', null, [t.bdSeq(0), rebirth]);
/** A device with one metric of this birth, then data of it. */
const data = (t: LintTraffic, birth: AnyMetric, ...metrics: AnyMetric[]) =>
  t
    .births([t.born('v', birth)])
    .wait(1_000)
    .deviceData(metrics);
const BYTES = Uint8Array.of(1, 2, 3);

const CASES: LintCases<typeof METRIC_RULES> = {
  'birth-name': [
    (t) => t.births([{ alias: 1, datatype: 10, doubleValue: 1, timestamp: t.atMs }]),
    (t) => t.births([t.born('v', { alias: 1 })]),
  ],
  'birth-datatype': [
    (t) => t.births([{ name: 'v', doubleValue: 1, timestamp: t.atMs }]),
    (t) => t.births([t.born('v', { datatype: 18, bytesValue: BYTES })]),
  ],
  'birth-value': [
    (t) => t.births([{ name: 'v', datatype: 10, timestamp: t.atMs }]),
    (t) => t.births([t.born('v', { isNull: true })]),
  ],
  'null-with-value': [
    (t) => t.births([t.born('v', { isNull: true, doubleValue: 1 })]),
    (t) => t.births([t.born('v', { isNull: false, doubleValue: 1 })]),
  ],
  'birth-twice': [(t) => t.births([t.born('v'), t.born('v')]), (t) => t.births([t.born('v'), t.born('v/v')])],
  'rebirth-metric': [(t) => t.send('NBIRTH', null, [t.bdSeq(0)]), (t) => nodeBirth(t, t.rebirthMetric())],
  'rebirth-datatype': [(t) => nodeBirth(t, t.rebirthMetric({ datatype: 12 })), (t) => nodeBirth(t, t.rebirthMetric())],
  'rebirth-value': [
    (t) => nodeBirth(t, t.rebirthMetric({ booleanValue: true })),
    (t) => nodeBirth(t, t.rebirthMetric({ booleanValue: false })),
  ],
  'rebirth-alias': [
    (t) => nodeBirth(t, t.rebirthMetric({ alias: 7 })),
    (t) => t.nodeBirth([t.born('load', { alias: 7 })]),
  ],
  'alias-twice': [
    (t) => t.nodeBirth([t.born('load', { alias: 1 })]).deviceBirth([t.born('v', { alias: 1 })]),
    (t) =>
      t
        .nodeBirth([t.born('load', { alias: 1 })])
        .deviceBirth([t.born('v', { alias: 2 })])
        .deviceBirth([t.born('w', { alias: 2 })]),
  ],
  'alias-with-name': [
    (t) => data(t, { alias: 1 }, t.changed('v', 2, { alias: 1 })),
    (t) => data(t, { alias: 1 }, { alias: 1, doubleValue: 2, timestamp: t.atMs }),
  ],
  'data-name': [(t) => data(t, {}, { doubleValue: 2, timestamp: t.atMs }), (t) => data(t, {}, t.changed('v', 2))],
  'data-unknown': [
    (t) => data(t, { alias: 1 }, { alias: 2, doubleValue: 2, timestamp: t.atMs }),
    (t) => data(t, {}, t.changed('v', 2)),
  ],
  'data-empty': [(t) => data(t, {}), (t) => data(t, {}, t.changed('v', 2))],
  'data-value': [
    (t) => data(t, {}, { name: 'v', timestamp: t.atMs }),
    (t) => data(t, {}, { name: 'v', isNull: true, timestamp: t.atMs }),
  ],
  'data-datatype': [(t) => data(t, {}, t.changed('v', 2, { datatype: 10 })), (t) => data(t, {}, t.changed('v', 2))],
  'datatype-changed': [
    (t) => data(t, {}, { name: 'v', datatype: 3, intValue: 2, timestamp: t.atMs }),
    (t) => data(t, {}, t.changed('v', 2)),
  ],
  'wire-kind': [
    (t) => data(t, {}, { name: 'v', floatValue: 2, timestamp: t.atMs }),
    (t) => data(t, { datatype: 9, floatValue: 1 }, { name: 'v', floatValue: 2, timestamp: t.atMs }),
  ],
  'uint32-long': [
    (t) => t.births([t.born('v', { datatype: 7, longValue: 5 })]),
    (t) => t.births([t.born('v', { datatype: 7, intValue: 5 }), t.born('w', { datatype: 8, longValue: 5 })]),
  ],
  'value-range': [
    (t) => t.births([t.born('v', { datatype: 5, intValue: 256 })]),
    (t) => t.births([t.born('v', { datatype: 5, intValue: 255 }), t.born('w', { datatype: 1, intValue: 0xffff_ff80 })]),
  ],
  'array-bytes': [
    (t) => t.births([t.born('v', { datatype: 23, bytesValue: BYTES })]),
    (t) =>
      t.births([
        t.born('v', { datatype: 22, bytesValue: BYTES }),
        t.born('b', { datatype: 32, bytesValue: Uint8Array.of(9, 0, 0, 0, 1, 128) }),
      ]),
  ],
  'metric-time-missing': [
    (t) => data(t, {}, { name: 'v', doubleValue: 2 }),
    (t) => t.births().send('DCMD', 'press', [{ name: 'speed', doubleValue: 2 }], { seq: null }),
  ],
  'metric-time-implausible': [
    (t) => data(t, {}, t.changed('v', 2, { timestamp: t.atMs / 1_000 })),
    (t) => data(t, {}, t.changed('v', 2, { timestamp: t.atMs - 86_400_000, isHistorical: true })),
  ],
  'metric-order': [
    (t) => data(t, {}, t.changed('v', 2, { timestamp: t.atMs }), t.changed('v', 3, { timestamp: t.atMs - 5 })),
    (t) =>
      data(
        t,
        {},
        t.changed('v', 2, { timestamp: t.atMs }),
        t.changed('v', 3, { timestamp: t.atMs - 5, isHistorical: true }),
      ),
  ],
  'data-same-time': [
    (t) => data(t, {}, t.changed('v', 2), t.changed('v', 3)),
    (t) => data(t, {}, t.changed('v', 2), t.changed('v', 3, { timestamp: t.atMs + 1 })),
  ],
  'data-unchanged': [
    (t) =>
      t
        .births()
        .wait(1_000)
        .deviceData([t.changed('speed', 1, { timestamp: t.atMs })]),
    // A change of quality alone, and a value of the past.
    (t) =>
      t
        .births()
        .wait(1_000)
        .deviceData([
          t.changed('speed', 1, {
            properties: { keys: ['Quality'], values: [{ type: 3, intValue: 500 }] },
            timestamp: t.atMs,
          }),
        ])
        .deviceData([t.changed('speed', 1, { isHistorical: true })]),
  ],
};

describe('metrics', () => {
  testLintCases(CASES);

  it('finds bytes behind the last bit of a BooleanArray', () => {
    const traffic = new LintTraffic();
    traffic.births([traffic.born('b', { datatype: 32, bytesValue: Uint8Array.of(8, 0, 0, 0, 1, 128) })]);
    expect(traffic.found()).toEqual(['array-bytes']);
  });

  it('finds a birth that does not stand in the order of time', () => {
    const traffic = new LintTraffic();
    traffic.births([traffic.born('a'), traffic.born('b', { timestamp: traffic.atMs - 1 })]);
    expect(traffic.found()).toEqual(['metric-order']);
  });

  it('names a few of the metrics that a finding is about', () => {
    const traffic = new LintTraffic();
    traffic.births(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => traffic.born(name, { timestamp: 0 })));
    const [finding] = traffic.linter.report().findings;
    expect(finding).toMatchObject({
      rule: 'metric-time-implausible',
      count: 6,
      metricNames: ['a', 'b', 'c', 'd', 'e'],
    });
  });
});
