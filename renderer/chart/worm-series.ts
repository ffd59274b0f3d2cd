import type { WormPoint } from '../../shared/domain/equipment-shift.ts';
import { countText, DASH } from '../components/number-text.ts';

export interface WormPicture {
  readonly rows: readonly { readonly atMs: number; readonly good: number | null; readonly target: number | null }[];
  readonly most: number;
  readonly goodText: string;
  readonly targetText: string;
  /** `1,240 behind target`, or why it cannot be said. */
  readonly gapText: string;
  readonly isBehind: boolean;
  readonly lastGood: number | null;
  readonly lastTarget: number | null;
}

/** Points beyond what the eye parts are left out; the first and the last stay. */
const MAX_POINTS = 400;

export function toWormPicture(worm: readonly WormPoint[]): WormPicture {
  const rows = thin(worm, MAX_POINTS).map(({ atMs, goodCount, targetCount }) => ({
    atMs,
    good: goodCount,
    target: targetCount,
  }));
  const lastGood = worm.findLast((point) => point.goodCount !== null)?.goodCount ?? null;
  const lastTarget = worm.findLast((point) => point.targetCount !== null)?.targetCount ?? null;
  const gap = lastGood === null || lastTarget === null ? null : Math.round(lastGood) - Math.round(lastTarget);
  return {
    rows,
    most: Math.max(1, ...rows.flatMap(({ good, target }) => [good ?? 0, target ?? 0])),
    goodText: lastGood === null ? DASH : countText(lastGood),
    targetText: lastTarget === null ? DASH : countText(lastTarget),
    gapText: gap === null ? noGap(lastGood) : gap < 0 ? `${countText(-gap)} behind target` : `${countText(gap)} ahead`,
    isBehind: gap !== null && gap < 0,
    lastGood,
    lastTarget,
  };
}

const noGap = (lastGood: number | null): string =>
  lastGood === null ? 'no counter says good parts' : 'no target: it needs an ideal cycle';

function thin<Item>(items: readonly Item[], max: number): readonly Item[] {
  if (items.length <= max) return items;
  const step = (items.length - 1) / (max - 1);
  return Array.from({ length: max }, (_none, index) => items[Math.round(index * step)]).filter(
    (item): item is Item => item !== undefined,
  );
}
