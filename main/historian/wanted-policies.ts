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

function toRefreshPolicies(storage: HistorianStorage, canHaveTwo: boolean): WantedPolicy[] {
  const coldStartDays = Math.min(COLD_START_DAYS, storage.retentionDays - RETENTION_MARGIN_DAYS);
  return AGGREGATES.flatMap(({ viewName, hot, coldEvery }): WantedPolicy[] => {
    const policy = { kind: 'refresh', relation: viewName, ...hot } as const;
    const isColdEmpty = hot.start === `${coldStartDays} days`;
    if (!canHaveTwo || isColdEmpty) return [policy];
    return [policy, { ...policy, start: `${coldStartDays} days`, end: hot.start, every: coldEvery }];
  });
}

/** All jobs by which the server keeps our tables. Without `canHaveTwo` an aggregate has its hot policy only. */
export const toWantedPolicies = (storage: HistorianStorage, canHaveTwo: boolean): WantedPolicy[] => [
  ...toStoragePolicies(storage),
  ...toRefreshPolicies(storage, canHaveTwo),
];
