import { describe, expect, it } from 'vitest';
import { NOW_MS, snapshotOf } from '../../shared/testing/snapshot-fixture.ts';
import { toEngineText, toQueueBadge, toShiftText, toSitePath } from './frame-view.ts';

describe('frame', () => {
  it('names the site by its levels and the running shift in local time', () => {
    expect(toSitePath(snapshotOf())).toBe('Acme / SITE01 / Packaging / LINE01');
    expect(toShiftText(snapshotOf(), NOW_MS)).toBe('Early shift 06:00–14:00, 3 h 12 min left');
    expect(toShiftText(snapshotOf(), NOW_MS + 12 * 3_600_000)).toContain('over');
  });

  it('says when no shift runs and nothing while it is not known', () => {
    const { oee } = snapshotOf();
    expect(toShiftText(snapshotOf({ oee: oee === null ? null : { ...oee, shift: null } }), NOW_MS)).toBe(
      'no shift now',
    );
    expect(toShiftText(snapshotOf({ oee: null }), NOW_MS)).toBe('');
  });

  it('shows waiting rows in the navigation only when they really wait', () => {
    const { buffer, broker } = snapshotOf();
    expect(toQueueBadge(snapshotOf())).toBeNull();
    expect(toQueueBadge(snapshotOf({ buffer: { ...buffer, waitingCount: 1_204 } }))).toBe('1.2 k');
    expect(toQueueBadge(snapshotOf({ broker: { ...broker, session: 'offline' } }))).toBe('204');
  });

  it('says when the engine is no longer heard', () => {
    const running = { phase: 'running', snapshot: snapshotOf(), receivedMonotonicMs: 0 } as const;
    expect(toEngineText(running, 900)).toEqual({ text: 'running', tone: 'calm' });
    expect(toEngineText(running, 12_000)).toEqual({ text: 'silent for 12 s', tone: 'look' });
    expect(toEngineText({ phase: 'failed', code: 'a/b', text: 'x' }, 0).tone).toBe('broken');
  });
});
