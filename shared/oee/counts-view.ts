import type { Counts } from '../domain/equipment-shift.ts';
import type { CompleteCounts } from './counter-deltas.ts';

/** Counts by their names on screens and in exports. */
export const splitCounts = (counts: Omit<CompleteCounts, 'fault'>): Counts => ({
  total: counts.totalCount,
  good: counts.goodCount,
  reject: counts.rejectCount,
  rework: counts.reworkCount,
});
