import type { PurgeFilter } from '../../shared/domain/purge.ts';
import { PRIORITY_CODE } from './change-row.ts';
import type { Selection } from './change-table.ts';
import { LossSummary } from './loss-summary.ts';
import { type MetricDictionary, nameOf } from './metric-dictionary.ts';

/** Reason in the loss ledger of rows that a person has purged. */
export const PURGED_REASON = 'purged';

/** Where a purge stands: how far it has come, and what it has taken so far. */
export interface PurgeProgress {
  readonly filter: PurgeFilter;
  readonly afterRowId: number;
  readonly upToRowId: number;
  readonly isDone: boolean;
  readonly purged: LossSummary;
}

/** A purge that has taken nothing yet. */
export const toPurge = (filter: PurgeFilter, upToRowId: number, isDone: boolean): PurgeProgress => ({
  filter,
  afterRowId: 0,
  upToRowId,
  isDone,
  purged: new LossSummary(),
});

/** The rows that the filter names, in terms of the table. */
export function toSelection(
  dictionary: MetricDictionary,
  { search, deviceId, metricName, beforeMs, fromMs, priority }: PurgeFilter,
): Selection {
  const isEveryMetric = search === undefined && deviceId === undefined && metricName === undefined;
  const wanted = search?.toLowerCase() ?? '';
  const metricIds = dictionary.idsOf(
    (identity) =>
      nameOf(identity).toLowerCase().includes(wanted) &&
      (deviceId === undefined || identity.deviceId === deviceId) &&
      (metricName === undefined || identity.metricName === metricName),
  );
  // Every metric also takes the rows whose metric is damaged.
  return {
    metricIds: isEveryMetric ? null : metricIds,
    beforeMs: beforeMs ?? Number.MAX_SAFE_INTEGER,
    fromMs: fromMs ?? Number.MIN_SAFE_INTEGER,
    priority: priority === undefined ? null : PRIORITY_CODE[priority],
  };
}
