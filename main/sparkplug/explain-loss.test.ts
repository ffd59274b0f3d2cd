import { describe, expect, it } from 'vitest';
import { createEdgeNodeSession, type EdgeNodeSession } from './edge-node-session.ts';
import { explainLoss } from './explain-loss.ts';
import { toEdgeNodeDescriptor } from './topic.ts';

const descriptor = toEdgeNodeDescriptor('plant', 'line');
const seen = { code: 'mqtt/closed-by-broker', text: 'the broker closed the connection' };

const bornSince = (firstBornAtMs: number, attempt: number): EdgeNodeSession => ({
  ...createEdgeNodeSession({ hasPrimaryHost: false, brokerCount: 1 }),
  attempt,
  phase: 'born',
  bdSeq: 1,
  nextSeq: 1,
  firstBornAtMs,
  bornAtMs: firstBornAtMs,
  isRebirthDue: false,
  awaitedCount: 0,
  loneBirths: new Map(),
});

describe('the loss of a session', () => {
  it('asks for another gateway of these names after the third short session in a row', () => {
    expect(explainLoss(seen, bornSince(0, 2), descriptor, 500)).toBe(seen);
    const third = explainLoss(seen, bornSince(0, 3), descriptor, 500);
    expect(third).toMatchObject({ code: 'sparkplug/node-id-taken', text: expect.stringContaining('plant/line') });
  });

  it('stays what was seen after a lasting session, and where the broker did not end it', () => {
    expect(explainLoss(seen, bornSince(0, 9), descriptor, 3_600_000)).toBe(seen);
    const silent = { code: 'mqtt/silent', text: 'nothing was heard' };
    expect(explainLoss(silent, bornSince(0, 9), descriptor, 500)).toBe(silent);
  });
});
