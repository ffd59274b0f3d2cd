import type { SiteConfig } from '../../shared/config/site.ts';
import type { SamplingCost, SamplingSnapshot } from '../../shared/domain/sampling-snapshot.ts';
import type { SamplingLedger } from '../backpressure/sampling-ledger.ts';
import type { NamedSource } from './edge-pipeline.ts';

/** Whole milliseconds and whole samples: the parts behind the comma are of the sums only. */
const toWhole = (cost: SamplingCost): SamplingCost => ({
  changeCount: cost.changeCount,
  slowMs: Math.round(cost.slowMs),
  samplesNotTakenAtMost: Math.round(cost.samplesNotTakenAtMost),
});

/** Puts the loop, its account and what the servers granted into the picture. */
export function toSamplingSnapshot(from: {
  readonly numbers: SiteConfig['backpressure'];
  readonly sources: readonly NamedSource[];
  readonly phase: 'normal' | 'slow';
  readonly sinceMs: number;
  readonly wishSinceMs: number | null;
  readonly depths: readonly number[];
  readonly ledger: SamplingLedger;
}): SamplingSnapshot {
  const { numbers, ledger } = from;
  const granted = from.sources.map(({ serverId, source }) => ({
    serverId,
    tagCount: source.snapshot().tagCount,
    ...source.sampling(),
  }));
  const sum = (pick: (server: (typeof granted)[number]) => number): number =>
    granted.reduce((total, server) => total + pick(server), 0);
  return {
    phase: from.phase,
    sinceMs: from.sinceMs,
    wishSinceMs: from.wishSinceMs,
    slowSamplingIntervalMs: numbers.slowSamplingIntervalMs,
    activateAtRows: numbers.activateAtRows,
    deactivateAtRows: numbers.deactivateAtRows,
    transitionDelayMs: numbers.transitionDelayMs,
    depths: [...from.depths],
    changes: ledger.changes.map((change) => ({
      ...change,
      lastedMs: Math.round(change.lastedMs),
      samplesNotTakenAtMost: Math.round(change.samplesNotTakenAtMost),
    })),
    sinceStart: toWhole(ledger.sinceStart),
    total: toWhole(ledger.total),
    tagCount: sum((server) => server.tagCount),
    slowedTagCount: sum((server) => server.slowedCount),
    exemptTagCount: sum((server) => server.exemptCount),
    uncountedTagCount: sum((server) => server.uncountedCount),
    servers: granted.map(({ serverId, phase, slowedCount, exemptCount, refusedCount, reason }) => ({
      serverId,
      phase,
      slowedCount,
      exemptCount,
      refusedCount,
      reason,
    })),
  };
}

/** What stands in each log line about a change: whom it concerns and the account so far. */
export const toAccountFacts = ({ slowSamplingIntervalMs, tagCount, exemptTagCount, total }: SamplingSnapshot) => ({
  slowSamplingIntervalMs,
  tagCount,
  exemptTagCount,
  changeCount: total.changeCount,
  slowMsInTotal: total.slowMs,
  samplesNotTakenAtMostInTotal: total.samplesNotTakenAtMost,
});

/** What the servers made of it. */
export const toGrantFacts = ({ slowedTagCount, servers }: SamplingSnapshot) => ({
  slowedTagCount,
  servers: servers.map(({ serverId, phase, slowedCount, refusedCount, reason }) => ({
    serverId,
    phase,
    slowedCount,
    ...(reason === null ? {} : { refusedCount, reason }),
  })),
});
