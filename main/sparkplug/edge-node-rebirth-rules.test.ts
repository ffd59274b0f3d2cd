import { describe, expect, it } from 'vitest';
import { alone, run, up } from '../testing/edge-node-session-fixture.ts';
import { holdsData, REBIRTH_GAP_MS } from './edge-node-rebirth-rules.ts';
import type { EdgeNodeInput } from './edge-node-session.ts';

describe('rebirths of an edge node', () => {
  it('answers a rebirth request at once, with the same bdSeq and seq 0', () => {
    const { last, session } = run(alone, [...up, { type: 'rebirth-requested', monotonicMs: REBIRTH_GAP_MS }]);
    expect(last).toEqual([{ type: 'publish-births', bdSeq: 7 }]);
    expect(session).toMatchObject({ nextSeq: 0 });
  });

  it('answers requests inside the gap once, at its end', () => {
    const { log } = run(alone, [
      ...up,
      { type: 'rebirth-requested', monotonicMs: 500 },
      { type: 'rebirth-requested', monotonicMs: 900 },
      { type: 'rebirth-due', monotonicMs: REBIRTH_GAP_MS },
      { type: 'rebirth-due', monotonicMs: REBIRTH_GAP_MS },
    ]);
    expect(log.slice(3).map(({ effects }) => effects)).toEqual([
      [{ type: 'rebirth-later', delayMs: REBIRTH_GAP_MS - 500 }],
      [],
      [{ type: 'publish-births', bdSeq: 7 }],
      [],
    ]);
  });

  it('holds data from the request to its births, and no longer where requests stand in five gaps in a row', () => {
    const ask = (monotonicMs: number): EdgeNodeInput => ({ type: 'rebirth-requested', monotonicMs });
    const due = (monotonicMs: number): EdgeNodeInput => ({ type: 'rebirth-due', monotonicMs });
    const holds = (...inputs: EdgeNodeInput[]): boolean => holdsData(run(alone, [...up, ...inputs]).session);
    expect(holds()).toBe(false);
    expect(holds(ask(500))).toBe(true);
    expect(holds(ask(500), due(2_000))).toBe(false);
    expect(holds(ask(500), due(2_000), ask(2_001))).toBe(true);
    const gap = (index: number): EdgeNodeInput[] => [ask(2_000 * index + 1), due(2_000 * (index + 1))];
    const storm = (gaps: number): EdgeNodeInput[] => Array.from({ length: gaps }, (_gap, index) => gap(index)).flat();
    expect(holds(...storm(4), ask(8_001))).toBe(true);
    expect(holds(...storm(5), ask(10_001))).toBe(false);
    expect(holds(...storm(7), ask(14_001))).toBe(false);
    // A request after a calm gap is answered at once; the next one counts anew.
    expect(holds(...storm(7), ask(17_000), ask(17_001))).toBe(true);
  });

  it('answers a request for one device with its birth alone, those inside the gap once, at its end', () => {
    const ask = (deviceId: string, monotonicMs: number): EdgeNodeInput => ({
      type: 'device-rebirth-requested',
      deviceId,
      monotonicMs,
    });
    const due = (deviceId: string): EdgeNodeInput => ({ type: 'device-rebirth-due', deviceId, monotonicMs: 4_100 });
    const { log, session } = run(alone, [
      ...up,
      ask('press', 2_100),
      ask('press', 2_200),
      ask('press', 2_300),
      ask('oven', 2_300),
      due('press'),
      due('press'),
    ]);
    expect(log.slice(3).map(({ effects }) => effects)).toEqual([
      [{ type: 'publish-device-birth', deviceId: 'press' }],
      [{ type: 'device-rebirth-later', deviceId: 'press', delayMs: REBIRTH_GAP_MS - 100 }],
      [],
      [{ type: 'publish-device-birth', deviceId: 'oven' }],
      [{ type: 'publish-device-birth', deviceId: 'press' }],
      [],
    ]);
    expect(session).toMatchObject({ phase: 'born', bornAtMs: 0 });
  });

  it('lets the births of all answer a request for one device that is open', () => {
    const request: EdgeNodeInput = { type: 'device-rebirth-requested', deviceId: 'press', monotonicMs: 500 };
    const due: EdgeNodeInput = { type: 'device-rebirth-due', deviceId: 'press', monotonicMs: 2_000 };
    const node: EdgeNodeInput = { type: 'rebirth-requested', monotonicMs: 600 };
    expect(run(alone, [...up, request, node, { type: 'rebirth-due', monotonicMs: 2_000 }, due]).last).toEqual([]);
    expect(run(alone, [...up, node, request]).last).toEqual([]);
    const gone: EdgeNodeInput = {
      type: 'device-changed',
      deviceId: 'press',
      isOnline: false,
      atMs: 0,
      monotonicMs: 700,
    };
    expect(run(alone, [...up, request, gone, due]).last).toEqual([]);
  });
});
