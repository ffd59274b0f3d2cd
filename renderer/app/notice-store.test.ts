import { describe, expect, it } from 'vitest';
import type { Attention } from '../../shared/domain/engine-snapshot.ts';
import { snapshotOf } from '../../shared/testing/snapshot-fixture.ts';
import { BridgeFailure } from '../bridge.ts';
import type { EngineState, EngineStore } from './engine-store.ts';
import { afterAttention, createNoticeStore } from './notice-store.ts';
import { findScreenFor } from './notice-view.ts';

const away = (changes: Partial<Attention> = {}): Attention => ({
  code: 'mqtt/unreachable',
  severity: 'broken',
  stage: 'broker',
  text: 'Broker mqtt://b is away: refused. Values are kept in the buffer.',
  nextStep: '12 rows wait and will be sent when it is back; it is tried again by itself.',
  sinceMs: 500,
  ...changes,
});

describe('notices', () => {
  it('says once what begins, follows its words, and marks when it is over', () => {
    const began = afterAttention([], [away()], 1_000, false);
    expect(began).toMatchObject([{ code: 'mqtt/unreachable', atMs: 500, endedAtMs: null, isClosed: false }]);
    expect(afterAttention(began, [away()], 1_200, false)).toBe(began);
    const grown = afterAttention(began, [away({ nextStep: '90 rows wait.' })], 1_300, false);
    expect(grown).toMatchObject([{ id: began[0]?.id, nextStep: '90 rows wait.' }]);
    const ended = afterAttention(grown, [], 2_000, false);
    expect(ended).toMatchObject([{ endedAtMs: 2_000, isClosed: true }]);
    expect(afterAttention(ended, [away()], 3_000, false)).toHaveLength(2);
  });

  it('keeps two objects of one code apart', () => {
    const both = afterAttention([], [away(), away({ text: 'Broker mqtt://c is away.' })], 0, false);
    expect(both.map(({ text }) => text)).toContain('Broker mqtt://c is away.');
    expect(both).toHaveLength(2);
  });

  it('does not shout what was there before the window', () => {
    let tell = (): void => {};
    let state: EngineState = {
      phase: 'running',
      snapshot: snapshotOf({ attention: [away()] }),
      receivedMonotonicMs: 0,
    };
    const engine: EngineStore = {
      read: () => state,
      onChange: (listener) => {
        tell = listener;
        return () => {};
      },
    };
    const store = createNoticeStore(engine, () => 7);
    expect(store.read()).toMatchObject([{ isClosed: true }]);
    state = { ...state, snapshot: snapshotOf({ attention: [away(), away({ code: 'historian/away' })] }) };
    tell();
    expect(store.read()[0]).toMatchObject({ code: 'historian/away', isClosed: false });
    store.addFailure('Queue', 'Export', new BridgeFailure('queue/disk-full', 'The disk is full.'));
    expect(store.read()[0]).toMatchObject({ text: 'Export: The disk is full.', code: 'queue/disk-full', atMs: 7 });
    store.close(store.read()[0]!.id);
    expect(store.read()[0]?.isClosed).toBe(true);
  });

  it('leads to the screen where the next step is done', () => {
    expect(findScreenFor('buffer', 'store-and-forward/rows-dropped')).toBe('queue');
    expect(findScreenFor('mapping', 'config/restart-needed')).toBe('changes');
    expect(findScreenFor('Queue', null)).toBeNull();
  });
});
