import type { WorkProgress } from '../../shared/domain/work-progress.ts';
import { countText } from './number-text.ts';
import { durationText } from './time-text.ts';

export interface WorkProgressView {
  /** 0 … 100, null where the end is not known. */
  readonly percent: number | null;
  /** `12,400 of 100,000 rows read, 8 s`. */
  readonly text: string;
}

/** How far a work is, in numbers; `progress` is null before its first fact. */
export function toWorkProgressView(progress: WorkProgress | null, lastedMs: number): WorkProgressView {
  const lasted = durationText(lastedMs);
  if (progress === null) return { percent: null, text: lasted };
  const { doneCount, totalCount, text, phase } = progress;
  if (phase === 'cancelling') return { percent: null, text: `Cancelling, ${lasted}` };
  const count = totalCount === null ? countText(doneCount) : `${countText(doneCount)} of ${countText(totalCount)}`;
  const what = totalCount === null && doneCount === 0 ? text : `${count} ${text}`.trim();
  return {
    percent: totalCount === null || totalCount <= 0 ? null : Math.min(100, (doneCount / totalCount) * 100),
    text: what === '' ? lasted : `${what}, ${lasted}`,
  };
}
