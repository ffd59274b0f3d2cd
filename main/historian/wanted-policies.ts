import type { HistorianStorage } from '../../shared/config/historian.ts';
import { type Aggregate, AGGREGATES } from './aggregates.ts';

/** A job of TimescaleDB as it should be. Intervals are texts that PostgreSQL reads. */
export type WantedPolicy =
  | { readonly kind: 'compression'; readonly relation: string; readonly after: string }
  | { readonly kind: 'retention'; readonly relation: string; readonly after: string }
  | {
      readonly kind: 'refresh';
      readonly relation: Aggregate['viewName'];
      readonly start: string;
      readonly end: string;
      readonly every: string;
    };

/** The raw rows of a longer time are not looked through again each time; single hours are, when rows come late. */
const COLD_START_DAYS = 30;
/** A refresh beyond the retention empties the aggregate; one bucket of an hour and the chunk of a day lie between. */
const RETENTION_MARGIN_DAYS = 2;

function toStoragePolicies(storage: HistorianStorage): WantedPolicy[] {
  return [
    { kind: 'compression', relation: 'telemetry', after: `${storage.compressAfterDays} days` },
    { kind: 'retention', relation: 'telemetry', after: `${storage.retentionDays} days` },
    { kind: 'retention', relation: 'telemetry_1min', after: `${storage.oneMinuteRetentionDays} days` },
    { kind: 'retention', relation: 'telemetry_5min', after: `${storage.fiveMinuteRetentionDays} days` },
    { kind: 'compression', relation: 'events', after: `${storage.eventCompressAfterDays} days` },
    { kind: 'retention', relation: 'events', after: `${storage.eventRetentionDays} days` },
  ];
}

export interface PolicyLimits {
  /** Without it an aggregate has its hot policy only. */
  readonly canHaveTwo: boolean;
  /** From now back to what was dropped last. A refresh that reaches beyond it empties the aggregate there. */
  readonly intactHours: number;
}

const DAY_HOURS = 24;

/**
 * The hot and the cold window of each aggregate, cut to what is intact. Where hardly a day is, the server refreshes
 * nothing by itself: the program's own rounds do it, which never reach beyond.
 */
function toRefreshPolicies(storage: HistorianStorage, { canHaveTwo, intactHours }: PolicyLimits): WantedPolicy[] {
  const intactDays = Math.floor(intactHours / DAY_HOURS) - RETENTION_MARGIN_DAYS;
  const coldStartDays = Math.min(COLD_START_DAYS, storage.retentionDays - RETENTION_MARGIN_DAYS, intactDays);
  return AGGREGATES.flatMap(({ viewName, hot, coldEvery }): WantedPolicy[] => {
    if (hot.startHours / DAY_HOURS > coldStartDays) {
      if (coldStartDays < 1) return [];
      return [{ kind: 'refresh', relation: viewName, ...toTexts(hot), start: `${coldStartDays} days` }];
    }
    const policy = { kind: 'refresh', relation: viewName, ...toTexts(hot) } as const;
    const isColdEmpty = hot.startHours === coldStartDays * DAY_HOURS;
    if (!canHaveTwo || isColdEmpty) return [policy];
    return [policy, { ...policy, start: `${coldStartDays} days`, end: policy.start, every: coldEvery }];
  });
}

const toTexts = ({ startHours, end, every }: Aggregate['hot']) => ({
  start: startHours % DAY_HOURS === 0 ? `${startHours / DAY_HOURS} days` : `${startHours} hours`,
  end,
  every,
});

/** All jobs by which the server keeps our tables. */
export const toWantedPolicies = (storage: HistorianStorage, limits: PolicyLimits): WantedPolicy[] => [
  ...toStoragePolicies(storage),
  ...toRefreshPolicies(storage, limits),
];
