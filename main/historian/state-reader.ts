import type { Pool } from 'pg';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { readSamples } from './sample-reader.ts';

export interface StateQuery {
  readonly machineId: string;
  readonly metricName: string;
  /** Included; `toMs` is not. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch in which a metric said the same. */
export interface StateInterval {
  readonly fromMs: number;
  readonly toMs: number;
  /** Text of a string, number of anything else; null while nothing good is known. */
  readonly state: string | number | null;
  /** Code of the row that began it; null before the first row ever. */
  readonly quality: number | null;
}

const isGood = ({ quality }: TelemetryRow): boolean => quality >= 192 && quality <= 255;

function toState(row: TelemetryRow): string | number | null {
  if (!isGood(row)) return null;
  const text = row.meta?.text;
  return typeof text === 'string' ? text : row.value;
}

/**
 * What a metric said, as intervals that follow one another and fill the range exactly: each state holds until the next
 * row, and what is not good is unknown, never the state before (oee.md T1 to T3). Equal neighbours are one interval.
 * Rejects with the driver's error.
 */
export async function* readStates(pool: Pool, query: StateQuery): AsyncGenerator<StateInterval, void, undefined> {
  if (query.fromMs >= query.toMs) return;
  let current: StateInterval = { fromMs: query.fromMs, toMs: query.toMs, state: null, quality: null };
  for await (const page of readSamples(pool, { ...query, metricNames: [query.metricName] })) {
    for (const row of page) {
      const state = toState(row);
      const atMs = Math.max(row.timeMs, query.fromMs);
      const isSame = Object.is(state, current.state) && (state !== null || current.quality === row.quality);
      if (isSame) continue;
      if (atMs > current.fromMs) yield { ...current, toMs: atMs };
      current = { fromMs: atMs, toMs: query.toMs, state, quality: row.quality };
    }
  }
  yield current;
}
