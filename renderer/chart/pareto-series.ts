import type { ParetoBar } from '../../shared/domain/equipment-shift.ts';
import { plural } from '../components/number-text.ts';
import { durationText } from '../components/time-text.ts';

export type ParetoOrder = 'duration' | 'count';

export interface ParetoRow {
  readonly bar: ParetoBar;
  /** Where in the reason tree, from the root; empty for what the machine named. */
  readonly path: string;
  /** Length 0 … 1, the longest is 1. */
  readonly ratio: number;
  readonly text: string;
  /** Of all that is listed, with those above. */
  readonly cumulativePercent: number;
}

/** The largest first, by lost time or by number of stops; at most `maxRows`. */
export function toParetoRows(bars: readonly ParetoBar[], order: ParetoOrder, maxRows: number): readonly ParetoRow[] {
  const amountOf = (bar: ParetoBar): number => (order === 'duration' ? bar.lostMs : bar.stopCount);
  const sorted = [...bars].sort((one, other) => amountOf(other) - amountOf(one));
  const all = sorted.reduce((sum, bar) => sum + amountOf(bar), 0);
  const most = Math.max(0, ...sorted.map(amountOf));
  let sum = 0;
  return sorted.slice(0, maxRows).map((bar) => {
    sum += amountOf(bar);
    return {
      bar,
      path: bar.path.join(' › '),
      ratio: most === 0 ? 0 : amountOf(bar) / most,
      text:
        order === 'duration'
          ? `${durationText(bar.lostMs)} in ${bar.stopCount}`
          : `${plural(bar.stopCount, 'stop')}, ${durationText(bar.lostMs)}`,
      cumulativePercent: all === 0 ? 0 : Math.round((sum / all) * 100),
    };
  });
}
