import type { EngineSnapshot } from '../../../shared/domain/engine-snapshot.ts';
import type { SamplingChange, SamplingSnapshot } from '../../../shared/domain/sampling-snapshot.ts';
import { countText, percentText, plural } from '../../components/number-text.ts';
import { durationText, momentText } from '../../components/time-text.ts';

interface SamplingChangeView {
  readonly key: string;
  readonly isSlow: boolean;
  readonly text: string;
}

export interface SamplingView {
  readonly isSlow: boolean;
  readonly text: string;
  readonly now: string;
  /** What slow sampling has cost; null while it never was slow. */
  readonly cost: string | null;
  /** The last ones, newest first. */
  readonly changes: readonly SamplingChangeView[];
}

const SHOWN_CHANGES = 3;

/** The state of the sampling, since when, what it cost and how it came about. */
export function toSamplingView({ sampling, site }: EngineSnapshot, nowMs: number): SamplingView {
  const depth = sampling.depths.at(-1);
  return {
    isSlow: sampling.phase === 'slow',
    text: toText(sampling, site.timeZone, nowMs),
    now: depth === undefined ? 'not checked yet' : `${countText(depth)} waiting`,
    cost: toCostText(sampling),
    changes: sampling.changes
      .slice(-SHOWN_CHANGES)
      .reverse()
      .map((change) => toChangeView(change, site.timeZone, nowMs)),
  };
}

function toText(sampling: SamplingSnapshot, timeZone: string, nowMs: number): string {
  const slowMs = countText(sampling.slowSamplingIntervalMs);
  const below = countText(sampling.deactivateAtRows);
  if (sampling.phase === 'slow') {
    const since = `${momentText(sampling.sinceMs, nowMs, timeZone)}, ${durationText(nowMs - sampling.sinceMs)}`;
    const next =
      sampling.wishSinceMs === null ? `Back to normal below ${below} waiting rows.` : 'Goes back to normal now.';
    return `Slowed to ${slowMs} ms since ${since}: ${toShareText(sampling)}. ${next}`;
  }
  if (sampling.wishSinceMs !== null) return `Slows to ${slowMs} ms unless the queue falls below ${below} at once.`;
  const above = countText(sampling.activateAtRows);
  const exempt = plural(sampling.exemptTagCount, 'tag');
  return `Slows to ${slowMs} ms when more than ${above} rows wait, back below ${below}. ${exempt} exempt.`;
}

function toShareText({ slowedTagCount, tagCount, exemptTagCount }: SamplingSnapshot): string {
  const share = tagCount === 0 ? '' : ` (${percentText(slowedTagCount / tagCount)} %)`;
  return `${countText(slowedTagCount)} of ${plural(tagCount, 'tag')}${share}, ${countText(exemptTagCount)} exempt`;
}

function toCostText({ total, uncountedTagCount }: SamplingSnapshot): string | null {
  if (total.changeCount === 0) return null;
  const samples = `at most ${plural(total.samplesNotTakenAtMost, 'sample')} not taken`;
  const uncounted = uncountedTagCount === 0 ? '' : `, not counting ${plural(uncountedTagCount, 'tag')} without a rate`;
  return `Slow for ${durationText(total.slowMs)} in all: ${samples}${uncounted}.`;
}

function toChangeView(change: SamplingChange, timeZone: string, nowMs: number): SamplingChangeView {
  const isSlow = change.phase === 'slow';
  const at = momentText(change.atMs, nowMs, timeZone);
  const lasted = change.isOver ? `for ${durationText(change.lastedMs)}` : 'until now';
  return {
    key: `${change.atMs} ${change.phase}`,
    isSlow,
    text: `${at} ${isSlow ? 'slow' : 'normal'} at ${plural(change.waitingRows, 'row')}, ${lasted}`,
  };
}
