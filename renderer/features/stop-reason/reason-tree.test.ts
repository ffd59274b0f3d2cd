import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../shared/domain/reason.ts';
import { toReasonTree } from './reason-tree.ts';

const reasonOf = (reasonId: string, parentReasonId: string | null, changes: Partial<Reason> = {}): Reason => ({
  reasonId,
  parentReasonId,
  names: { en: reasonId.toUpperCase() },
  timeClass: 'failure',
  isPlanned: false,
  retiredAtMs: null,
  ...changes,
});

describe('toReasonTree', () => {
  it('hangs reasons below their parents, with the letter of what they do to the figures', () => {
    expect(
      toReasonTree([
        reasonOf('web', null),
        reasonOf('tear', 'web', { names: { en: 'Tear', de: 'Riss' } }),
        reasonOf('plan', null, { timeClass: 'planned' }),
      ]),
    ).toEqual([
      { value: 'web', label: 'WEB (F)', children: [{ value: 'tear', label: 'Tear (F)' }] },
      { value: 'plan', label: 'PLAN (P)' },
    ]);
    expect(toReasonTree([reasonOf('tear', null, { names: { en: 'Tear', de: 'Riss' } })], 'de')[0]?.label).toBe(
      'Riss (F)',
    );
  });

  it('does not offer what is retired, nor what hangs below it', () => {
    expect(toReasonTree([reasonOf('web', null, { retiredAtMs: 1 }), reasonOf('tear', 'web')])).toEqual([]);
  });
});
