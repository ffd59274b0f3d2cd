import { describe, expect, it } from 'vitest';
import { type LintCases, testLintCases } from '../../testing/lint-cases.ts';
import { LintTraffic } from '../../testing/lint-traffic.ts';
import type { TOPIC_RULES } from './topic-rules.ts';

const CASES: LintCases<typeof TOPIC_RULES> = {
  'topic-namespace': [
    (t) => t.nodeBirth([], 0, { topic: 'spAv1.0/plant/NBIRTH/line' }),
    (t) => t.nodeBirth([], 0, { topic: 'spare/plant/NBIRTH/line' }),
  ],
  'topic-structure': [(t) => t.nodeBirth([], 0, { topic: 'spBv1.0/plant/BIRTH/line' }), (t) => t.nodeBirth()],
  'topic-device-level': [
    (t) => t.nodeBirth().send('DDATA', null, [t.changed('speed', 1)]),
    (t) => t.births().deviceData([t.changed('speed', 2)]),
  ],
  'group-id': [
    (t) => t.nodeBirth([], 0, { topic: 'spBv1.0//NBIRTH/line' }),
    (t) => t.nodeBirth([], 0, { topic: 'spBv1.0/Werk Süd 1/NBIRTH/line' }),
  ],
  'node-id': [
    (t) => t.nodeBirth([], 0, { topic: 'spBv1.0/plant/NBIRTH/li#ne' }),
    (t) => t.nodeBirth([], 0, { topic: 'spBv1.0/plant/NBIRTH/li*ne' }),
  ],
  'device-id': [
    (t) => t.nodeBirth().deviceBirth([], 'press/1'),
    (t) => t.nodeBirth().deviceBirth([t.born('speed')], 'press:1'),
  ],
  'id-case': [
    (t) => t.nodeBirth().deviceBirth([], 'press').deviceBirth([], 'Press'),
    (t) => t.nodeBirth().deviceBirth([], 'press').deviceBirth([], 'presse'),
  ],
  'metric-case': [
    (t) => t.births([t.born('speed'), t.born('Speed')]),
    (t) => t.births([t.born('speed')]).deviceBirth([t.born('Speed')], 'oven'),
  ],
  qos: [
    (t) => t.births().deviceData([t.changed('speed', 2)], { qos: 1 }),
    (t) => t.births().deviceData([t.changed('speed', 2)], { qos: 0 }),
  ],
  'death-qos': [(t) => t.nodeBirth().nodeDeath(0, { qos: 0 }), (t) => t.nodeBirth().nodeDeath(0, { qos: 1 })],
  retain: [(t) => t.nodeBirth([], 0, { retain: true }), (t) => t.nodeBirth()],
  'not-protobuf': [
    (t) => t.nodeBirth().bytes('NDATA', null, new TextEncoder().encode('{"value":1}')),
    (t) => t.births().deviceData([t.changed('speed', 2)]),
  ],
};

describe('topics and delivery', () => {
  testLintCases(CASES);

  it('does not judge the QoS of a death where the subscription was granted QoS 0', () => {
    const traffic = new LintTraffic();
    traffic.linter.subscribedQos = 0;
    traffic.nodeBirth().nodeDeath(0, { qos: 0 });
    expect(traffic.found()).toEqual([]);
  });

  it('takes what the broker has kept for no message of the present', () => {
    const traffic = new LintTraffic();
    traffic.births().deviceData([traffic.changed('other', 2)], { retain: true, seq: 77 });
    traffic.seq = 2;
    traffic.deviceData([traffic.changed('speed', 3)]);
    expect(traffic.found()).toEqual(['retain']);
  });

  it('counts a message that the broker delivers again once', () => {
    const traffic = new LintTraffic();
    const kept = new Uint8Array([0x18, 0]);
    for (let n = 0; n < 3; n += 1) traffic.bytes('NBIRTH', null, kept, { retain: true });
    const report = traffic.linter.report();
    expect(report.messageCount).toBe(1);
    expect(report.findings).toMatchObject([{ rule: 'retain', count: 1 }]);
  });
});
