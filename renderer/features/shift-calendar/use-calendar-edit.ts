import { useDebouncedValue } from '@mantine/hooks';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { SiteEditResult, SiteView } from '../../../shared/domain/site-edit.ts';
import { useWorkbench } from '../../app/use-engine.ts';
import { toFailure } from '../../bridge.ts';
import { useAnswer } from '../../components/use-answer.ts';
import type { Plan } from './calendar-week.ts';

/** Typing rests for so long before the engine is asked what the change would mean. */
const REST_MS = 300;

export interface CalendarEdit {
  readonly site: SiteView;
  readonly draft: Plan;
  readonly isChanged: boolean;
  /** What applying would mean; null while it is asked or where nothing is changed. */
  readonly planned: SiteEditResult | null;
  readonly failure: string | null;
  /** The last change from here, that can be taken back. */
  readonly applied: { readonly revision: number; readonly before: number } | null;
  /** A part of the draft anew, or the draft worked out from what it is by then. */
  change(next: Partial<Plan> | ((draft: Plan) => Plan)): void;
  apply(by: string): Promise<void>;
  discard(): void;
  takeBack(by: string): Promise<void>;
}

/** Null until the site is read; a sentence where it cannot be. */
export function useCalendarEdit(): CalendarEdit | string | null {
  const { site: calls } = useWorkbench();
  const [site, setSite] = useState<SiteView | null>(null);
  const [edited, setDraft] = useState<Plan | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [applied, setApplied] = useState<CalendarEdit['applied']>(null);
  const take = useCallback((next: SiteView): void => {
    setSite(next);
    setDraft(null);
    setFailure(null);
  }, []);
  const fail = useCallback((error: unknown): void => setFailure(toFailure(error).text), []);
  useEffect(() => {
    calls.read(undefined).then(take, fail);
  }, [calls, take, fail]);

  const isChanged = edited !== null && JSON.stringify(edited) !== JSON.stringify(site && toPlan(site));
  const asked = useMemo(() => (isChanged && site !== null ? toEdit(site, edited) : null), [isChanged, site, edited]);
  const [rested] = useDebouncedValue(asked, REST_MS);
  const ask = useCallback(() => calls.plan(rested ?? toEdit()), [calls, rested]);
  const answer = useAnswer<SiteEditResult>(rested === null ? null : ask);
  if (site === null) return failure;

  const finish = async (work: () => Promise<SiteEditResult>): Promise<void> => {
    try {
      const result = await work();
      if (result.phase === 'applied') {
        setApplied({ revision: result.inForce.revision, before: site.inForce.revision });
        take(await calls.read(undefined));
      } else setFailure(result.phase === 'outdated' ? describeOutdated(result) : 'This could not be applied as it is.');
    } catch (error) {
      fail(error);
    }
  };
  const draft = edited ?? toPlan(site);
  return {
    site,
    draft,
    isChanged,
    planned: answer.phase === 'there' && rested === asked ? answer.value : null,
    failure: answer.phase === 'failed' ? answer.text : failure,
    applied,
    change: (next) =>
      setDraft((last) => {
        const before = last ?? toPlan(site);
        return typeof next === 'function' ? next(before) : { ...before, ...next };
      }),
    discard: () => void calls.read(undefined).then(take, fail),
    apply: (by) => finish(() => calls.apply({ ...toEdit(site, draft), by })),
    takeBack: async (by) => {
      if (applied === null) return;
      await finish(() => calls.rollback({ baseRevision: applied.revision, toRevision: applied.before, by }));
      setApplied(null);
    },
  };
}

const toPlan = ({ shifts, calendar }: SiteView): Plan => ({ shifts, calendar });

const toEdit = (site?: SiteView, draft?: Plan) => ({
  baseRevision: site?.inForce.revision ?? 0,
  fields: { shifts: [...(draft?.shifts ?? [])], calendar: draft?.calendar },
});

/** Who changed it meanwhile, and what. */
export function describeOutdated({ inForce, difference }: SiteEditResult & { phase: 'outdated' }): string {
  const names = [...difference.added, ...difference.changed, ...difference.removed];
  const what = names.length === 0 ? '' : ` (${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''})`;
  return `${inForce.changedBy} changed the site meanwhile${what}: it is revision ${inForce.revision} now. Discard to start from there; nothing was applied.`;
}
