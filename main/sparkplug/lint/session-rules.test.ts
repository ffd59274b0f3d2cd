import { describe, expect, it } from 'vitest';
import { type LintCases, testLintCases } from '../../testing/lint-cases.ts';
import { LintTraffic } from '../../testing/lint-traffic.ts';
import type { SESSION_RULES } from './session-rules.ts';

const speed = (t: LintTraffic, value: number) => [t.changed('speed', value)];
/** Two edge nodes that share a name, each with its own count. */
const interleave = (t: LintTraffic, count: number): void => {
  t.births();
  for (let n = 0; n < count; n += 1) {
    t.deviceData(speed(t, 2 + n), { seq: 100 + n });
    t.deviceData(speed(t, 50 + n), { seq: 2 + n });
  }
};

const CASES: LintCases<typeof SESSION_RULES> = {
  'seq-missing': [(t) => t.births().deviceData(speed(t, 2), { seq: null }), (t) => t.births().deviceData(speed(t, 2))],
  'seq-birth': [(t) => t.nodeBirth([], 0, { seq: 1 }), (t) => t.nodeBirth([], 0, { seq: 0 })],
  'seq-gap': [
    (t) => t.births().deviceData(speed(t, 2), { seq: 3 }),
    (t) => {
      t.births();
      for (let n = 0; n < 300; n += 1) t.deviceData(speed(t, 2 + n));
    },
  ],
  'two-publishers': [
    (t) => interleave(t, 6),
    (t) => t.births().nodeDeath(0).nodeBirth([], 1).nodeDeath(1).nodeBirth([], 2),
  ],
  'timestamp-missing': [
    (t) => t.nodeBirth([], 0, { timestamp: null }),
    (t) => t.nodeBirth().send('NDEATH', null, [t.bdSeq(0)], { seq: null, timestamp: null, qos: 1 }),
  ],
  'timestamp-implausible': [
    (t) => t.nodeBirth([], 0, { timestamp: Math.round(t.atMs / 1_000) }),
    (t) => t.nodeBirth([], 0, { timestamp: t.atMs - 500_000 }),
  ],
  'bdseq-missing': [(t) => t.send('NBIRTH', null, [t.rebirthMetric()]), (t) => t.nodeBirth()],
  'bdseq-type': [
    (t) => t.send('NBIRTH', null, [{ name: 'bdSeq', datatype: 8, longValue: 0, timestamp: t.atMs }, t.rebirthMetric()]),
    (t) => t.nodeBirth([], 255),
  ],
  'bdseq-step': [
    (t) => t.nodeBirth([], 7).nodeDeath(7).nodeBirth([], 0),
    (t) => t.nodeBirth([], 255).nodeDeath(255).nodeBirth([], 0),
  ],
  'death-bdseq': [
    // The Will was never built anew.
    (t) => t.nodeBirth([], 0).nodeDeath(0).nodeBirth([], 1).nodeDeath(0),
    // The Will of the session before comes late.
    (t) => t.nodeBirth([], 0).nodeBirth([], 1).nodeDeath(0).nodeDeath(1),
  ],
  'death-payload': [
    (t) => t.nodeBirth().send('NDEATH', null, [t.bdSeq(0), t.born('load')], { seq: null, qos: 1 }),
    (t) => t.nodeBirth().nodeDeath(),
  ],
  'death-seq': [(t) => t.nodeBirth().nodeDeath(0, { seq: 1 }), (t) => t.nodeBirth().nodeDeath(0, { seq: null })],
  'death-alias': [
    (t) => t.nodeBirth().send('NDEATH', null, [t.bdSeq(0, { alias: 1 })], { seq: null, qos: 1 }),
    (t) => t.nodeBirth().nodeDeath(),
  ],
  'death-missing': [
    (t) =>
      t
        .nodeBirth([t.born('load')], 0)
        .nodeBirth([t.born('load')], 1)
        .wait(130_000)
        .send('NDATA', null, [t.changed('load', 2)]),
    (t) =>
      t
        .nodeBirth([t.born('load')], 0)
        .nodeBirth([t.born('load')], 1)
        .wait(100_000)
        .nodeDeath(0)
        .wait(60_000)
        .send('NDATA', null, [t.changed('load', 2)]),
  ],
  'birth-missing': [
    (t) => t.births().nodeDeath().deviceData(speed(t, 2), { seq: 2 }),
    (t) => t.births().nodeDeath().nodeBirth([], 1).deviceBirth().deviceData(speed(t, 2)),
  ],
  'device-not-born': [
    (t) => t.births().deviceDeath().deviceData(speed(t, 2)),
    (t) => t.births().deviceDeath().deviceBirth().deviceData(speed(t, 2)),
  ],
  'device-death-unborn': [(t) => t.nodeBirth().deviceDeath(), (t) => t.births().deviceDeath()],
  'births-unfinished': [
    (t) =>
      t
        .births()
        .nodeBirth()
        .send('NDATA', null, [t.changed('load', 2)])
        .deviceBirth(),
    // The device went before the rebirth.
    (t) =>
      t
        .births()
        .deviceDeath()
        .nodeBirth()
        .send('NDATA', null, [t.changed('load', 2)])
        .deviceBirth(),
  ],
  'rebirth-data': [
    (t) => t.births().askRebirth().wait(2_000).deviceData(speed(t, 2)),
    (t) => t.births().askRebirth().wait(500).deviceData(speed(t, 2)).births().wait(2_000).deviceData(speed(t, 2)),
  ],
  'rebirth-unanswered': [
    (t) => t.births().askRebirth().wait(20_000).deviceData(speed(t, 2)),
    (t) => t.births().askRebirth().births().wait(20_000).deviceData(speed(t, 2)),
  ],
  'rebirth-incomplete': [
    (t) =>
      t
        .births()
        .askRebirth()
        .nodeBirth()
        .wait(20_000)
        .send('NDATA', null, [t.changed('load', 2)]),
    (t) =>
      t
        .births()
        .askRebirth()
        .nodeBirth()
        .deviceDeath()
        .wait(20_000)
        .send('NDATA', null, [t.changed('load', 2)]),
  ],
  'rebirth-bdseq': [
    (t) => t.nodeBirth([], 3).askRebirth().nodeBirth([], 4),
    (t) => t.nodeBirth([], 3).askRebirth().nodeBirth([], 3),
  ],
  'rebirth-reconnect': [
    (t) => t.nodeBirth([], 3).askRebirth().nodeDeath(3).nodeBirth([], 4).askRebirth().nodeDeath(4).nodeBirth([], 5),
    (t) => t.nodeBirth([], 3).askRebirth().nodeDeath(3).nodeBirth([], 4),
  ],
};

describe('the session of an edge node', () => {
  testLintCases(CASES);

  it('finds two nodes of one name by births that change to and fro', () => {
    const traffic = new LintTraffic();
    traffic.nodeBirth([], 5).nodeBirth([], 90).nodeBirth([], 5);
    expect(traffic.found()).toContain('two-publishers');
  });

  it('finds two nodes of one name that throw each other out', () => {
    const traffic = new LintTraffic();
    traffic.nodeBirth([], 5).nodeDeath(5).nodeBirth([], 9).nodeDeath(9).nodeBirth([], 6);
    expect(traffic.found()).toContain('two-publishers');
  });

  it('takes a death without bdSeq for that of the open session', () => {
    const traffic = new LintTraffic();
    traffic.nodeBirth([], 5).send('NDEATH', null, [], { seq: null, qos: 1 }).nodeBirth([], 6).wait(130_000);
    traffic.send('NDATA', null, [traffic.changed('bdSeq', 6)]);
    expect(traffic.found()).toEqual(['death-payload', 'wire-kind']);
  });

  it('judges nothing that needs a birth it has not seen, and says so', () => {
    const traffic = new LintTraffic();
    traffic.seq = 40;
    traffic
      .deviceData([traffic.changed('speed', 2)])
      .deviceData([{ alias: 9, timestamp: traffic.atMs, doubleValue: 3 }]);
    traffic.deviceBirth().deviceDeath().nodeDeath(3);
    const report = traffic.linter.report();
    expect(report.findings).toEqual([]);
    expect(report.unseenBirths).toEqual([{ name: 'plant/line', messageCount: 4 }]);
  });

  it('still finds a gap of seq when it joined in the middle', () => {
    const traffic = new LintTraffic();
    traffic.deviceData([traffic.changed('speed', 2)], { seq: 40 });
    traffic.deviceData([traffic.changed('speed', 3)], { seq: 42 });
    expect(traffic.found()).toEqual(['seq-gap']);
  });

  it('forgets the sessions of a broker whose connection was lost', () => {
    const traffic = new LintTraffic();
    traffic.births();
    traffic.linter.forget();
    traffic.deviceData([traffic.changed('unknown', 2)], { seq: 99 });
    expect(traffic.found()).toEqual([]);
  });

  it('says a finding once and counts it after that', () => {
    const traffic = new LintTraffic();
    traffic.births();
    const firstMs = traffic.atMs;
    for (let n = 0; n < 20; n += 1) traffic.deviceData([traffic.changed('speed', 2 + n)], { qos: 1 });
    const [finding] = traffic.linter.report().findings;
    expect(finding).toMatchObject({ rule: 'qos', count: 20, position: 2, seq: 2, atMs: firstMs });
    expect(finding?.lastAtMs).toBe(firstMs + 190);
    expect(finding?.assertions).toEqual(['tck-id-topics-ddata-mqtt', 'tck-id-payloads-ddata-qos']);
  });
});
