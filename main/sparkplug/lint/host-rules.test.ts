import { describe, expect, it } from 'vitest';
import { type LintCases, testLintCases } from '../../testing/lint-cases.ts';
import { type AnyMetric, LintTraffic } from '../../testing/lint-traffic.ts';
import type { HOST_RULES } from './host-rules.ts';

const command = (t: LintTraffic, metric: AnyMetric, seq: number | null = null) =>
  t.births().send('DCMD', 'press', [metric], { seq });
const online = (t: LintTraffic, timestamp = t.atMs) => ({ online: true, timestamp });
const offline = (t: LintTraffic, timestamp = t.atMs) => ({ online: false, timestamp });
const look = (t: LintTraffic, kept: boolean): void => {
  t.state(online(t));
  t.linter.retainedLookBegins();
  if (kept) t.state(online(t, t.atMs - 10), { retain: true });
  t.linter.retainedLookEnds(t.atMs);
};

const CASES: LintCases<typeof HOST_RULES> = {
  'command-seq': [
    (t) => command(t, { name: 'speed', doubleValue: 2 }, 5),
    (t) => command(t, { name: 'speed', doubleValue: 2 }),
  ],
  'command-empty': [
    (t) => t.send('NCMD', null, [], { seq: null }),
    (t) => t.send('NCMD', null, [{ name: 'load', doubleValue: 2 }], { seq: null }),
  ],
  'command-unknown': [
    (t) => command(t, { name: 'sped', doubleValue: 2 }),
    // Its birth was not seen.
    (t) => t.send('DCMD', 'press', [{ name: 'sped', doubleValue: 2 }], { seq: null }),
  ],
  'command-value': [
    (t) => command(t, { name: 'speed', stringValue: 'fast' }),
    (t) => command(t, { name: 'speed', datatype: 10, doubleValue: 2 }),
  ],
  'rebirth-ask-name': [
    (t) => t.nodeBirth().askRebirth(t.rebirthMetric({ name: 'Node Control/rebirth', booleanValue: true })),
    (t) => t.nodeBirth().askRebirth(),
  ],
  'rebirth-ask-value': [
    (t) => t.nodeBirth().askRebirth({ name: 'Node Control/Rebirth', intValue: 1 }),
    (t) => t.nodeBirth().askRebirth({ name: 'Node Control/Rebirth', booleanValue: true }),
  ],
  'rebirth-ask-verb': [(t) => command(t, t.rebirthMetric({ booleanValue: true })), (t) => t.nodeBirth().askRebirth()],
  'state-topic': [(t) => t.state('ONLINE', { topic: 'STATE/scada' }), (t) => t.state(online(t))],
  'state-json': [(t) => t.state({ online: 'true', timestamp: t.atMs }), (t) => t.state({ ...online(t), name: 'x' })],
  'state-cleared': [(t) => t.state(''), (t) => t.state(offline(t))],
  'state-qos': [(t) => t.state(online(t), { qos: 0 }), (t) => t.state(online(t), { qos: 1 })],
  'state-retain': [(t) => look(t, false), (t) => look(t, true)],
  'state-time': [
    (t) => t.state(online(t, t.atMs / 1_000)),
    // Kept since the host started, an hour ago.
    (t) => t.state(online(t, t.atMs - 3_600_000), { retain: true }),
  ],
  'state-birth-first': [
    (t) => t.state(offline(t)).state(online(t, t.atMs - 10)),
    // The Will of a session that had no birth; its own Will, answered with the same online again.
    (t) => {
      t.state(offline(t)).state(online(t));
      t.state(offline(t, t.atMs - 10)).state(online(t, t.atMs - 20));
    },
  ],
  'state-back': [
    (t) => t.state(online(t)).state(online(t, t.atMs - 1_000)),
    (t) => t.state(online(t)).state(online(t, t.atMs - 10)),
  ],
  'state-death-time': [
    (t) =>
      t
        .state(online(t))
        .wait(3_600_000)
        .state(offline(t, t.atMs - 1_800_000)),
    (t) =>
      t
        .state(online(t))
        .wait(3_600_000)
        .state(offline(t, t.atMs - 3_600_010)),
  ],
};

describe('what hosts send', () => {
  testLintCases(CASES);

  it('does not miss a STATE that came while it looked at what the broker keeps', () => {
    const traffic = new LintTraffic();
    traffic.linter.retainedLookBegins();
    traffic.state(online(traffic));
    traffic.linter.retainedLookEnds(traffic.atMs);
    expect(traffic.found()).toEqual([]);
  });

  it('takes the time of stopping in a published death', () => {
    const traffic = new LintTraffic();
    traffic.state(online(traffic)).wait(3_600_000);
    traffic.state(offline(traffic));
    expect(traffic.found()).toEqual([]);
  });

  it('knows a host again by what the broker keeps, after the connection was lost', () => {
    const traffic = new LintTraffic();
    const session = { online: true, timestamp: traffic.atMs };
    traffic.state(session, { retain: true });
    traffic.linter.forget();
    traffic
      .state(session, { retain: true })
      .state({ ...session, online: false })
      .state(session);
    expect(traffic.found()).toEqual([]);
  });
});
