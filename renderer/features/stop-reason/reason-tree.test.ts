import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../shared/domain/reason.ts';
import { toReasonGroups } from './reason-tree.ts';

const reasonOf = (reasonId: string, parentReasonId: string | null, changes: Partial<Reason> = {}): Reason => ({
  reasonId,
  parentReasonId,
  names: { en: reasonId.toUpperCase() },
  timeClass: 'failure',
  isPlanned: false,
  retiredAtMs: null,
  ...changes,
});

describe('toReasonGroups', () => {
  it('has every reason with its way from the root, and the letter of what it does to the figures', () => {
    expect(
      toReasonGroups([
        reasonOf('web', null),
        reasonOf('tear', 'web', { names: { en: 'Tear', de: 'Riss' } }),
        reasonOf('splice', 'tear'),
        reasonOf('plan', null, { timeClass: 'planned' }),
      ]),
    ).toEqual([
      {
        group: 'WEB',
        items: [
          { value: 'web', label: 'WEB (F)' },
          { value: 'tear', label: 'Tear (F)' },
          { value: 'splice', label: 'Tear › SPLICE (F)' },
        ],
      },
      { group: 'PLAN', items: [{ value: 'plan', label: 'PLAN (P)' }] },
    ]);
    const german = toReasonGroups([reasonOf('tear', null, { names: { en: 'Tear', de: 'Riss' } })], 'de');
    expect(german[0]?.group).toBe('Riss');
  });

  it('does not offer what is retired, nor what hangs below it', () => {
    expect(toReasonGroups([reasonOf('web', null, { retiredAtMs: 1 }), reasonOf('tear', 'web')])).toEqual([]);
  });
});
