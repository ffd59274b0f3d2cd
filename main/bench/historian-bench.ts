import type { Pool } from 'pg';
import type { TelemetryRow } from '../../shared/domain/telemetry-row.ts';
import { COPY_COLUMNS, toCopyFrames } from '../historian/copy-frames.ts';
import { runCopy } from '../historian/copy-query.ts';
import { toColumns } from '../historian/row-columns.ts';
import { withClient } from '../historian/with-client.ts';
import { benchDashboards } from './dashboard-bench.ts';
import { type HistorianRig, openHistorianRig } from './historian-rig.ts';
import { type BenchResult, result } from './result.ts';

const MACHINES = 20;
const METRICS = 20;
/** A batch of a steady flow, one of a replay, and the largest that ingest gives. */
const BATCH_ROWS = [1_000, 5_000, 20_000];
/** Ours and the raw ways take turns this often, so that a neighbour's load hits all. */
const ROUNDS = 4;
const WAYS = ['ours', 'unnest', 'copy'] as const;
type Way = (typeof WAYS)[number];

/** What the driver can do without us, into the same hypertable: no hours are marked dirty, no rows counted. */
const RAW_UNNEST = `
  INSERT INTO telemetry (${COPY_COLUMNS})
  SELECT timestamptz 'epoch' + u.t * interval '1 millisecond', u.m, u.n, u.v, u.q, u.meta::jsonb, u.h,
         timestamptz 'epoch' + u.r * interval '1 millisecond'
  FROM unnest($1::float8[], $2::text[], $3::text[], $4::float8[], $5::smallint[], $6::text[], $7::boolean[], $8::float8[])
    AS u (t, m, n, v, q, meta, h, r)
  ON CONFLICT DO NOTHING`;

/** Rows of a plant that come as they are measured; none is there twice. */
class RowSource {
  #next = 0;
  readonly #startMs: number;
  readonly #place: string;

  constructor(place: string, startMs: number) {
    this.#place = place;
    this.#startMs = startMs;
  }

  take(count: number): TelemetryRow[] {
    return Array.from({ length: count }, () => {
      const index = this.#next++;
      const timeMs = this.#startMs + Math.floor(index / (MACHINES * METRICS)) * 10;
      return {
        timeMs,
        machineId: `${this.#place}/machine-${index % MACHINES}`,
        metricName: `Load/${Math.floor(index / MACHINES) % METRICS}`,
        value: Math.round(Math.sin(index) * 1_000) / 10,
        quality: 192,
        meta: null,
        isHistorical: false,
        receivedAtMs: timeMs,
      };
    });
  }
}

/** Each tenth row again, as after a reconnect: it must be found and left out. */
const withRepeats = (rows: readonly TelemetryRow[]): TelemetryRow[] => [
  ...rows,
  ...rows.filter((_row, index) => index % 10 === 0),
];

const toInsert = ({
  historian,
  pool,
}: HistorianRig): Record<Way, (rows: readonly TelemetryRow[]) => Promise<unknown>> => ({
  ours: (rows) => historian.insert(withRepeats(rows)),
  unnest: (rows) => pool.query(RAW_UNNEST, [...toColumns(withRepeats(rows))]),
  // It cannot leave out what is there, so it gets each row once.
  copy: (rows) => copyRaw(pool, rows),
});

const copyRaw = (pool: Pool, rows: readonly TelemetryRow[]): Promise<unknown> =>
  withClient(pool, (client) =>
    runCopy(client, `COPY telemetry (${COPY_COLUMNS}) FROM STDIN (FORMAT binary)`, toCopyFrames(rows)),
  );

/** New rows a second in batches of one size, all ways in turns. */
async function benchBatch(rig: HistorianRig, batchRows: number, seconds: number): Promise<BenchResult[]> {
  const insert = toInsert(rig);
  const turnMs = (seconds * 1_000) / BATCH_ROWS.length / ROUNDS / WAYS.length;
  // Not late, so that the aggregates are not part of it: as the live flow of a plant.
  const sources = WAYS.map((way) => new RowSource(`${way}-${batchRows}`, Date.now()));
  const spent = WAYS.map(() => ({ rows: 0, ms: 0 }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, way] of WAYS.entries()) {
      const [source, sum] = [sources[at], spent[at]];
      if (source === undefined || sum === undefined) continue;
      for (const startedMs = performance.now(); performance.now() - startedMs < turnMs;) {
        const rows = source.take(batchRows);
        const beganMs = performance.now();
        await insert[way](rows);
        sum.ms += performance.now() - beganMs;
        sum.rows += batchRows;
      }
    }
  }
  const [ours = 0, unnest = 0, copy = 0] = spent.map(({ rows, ms }) => (rows * 1_000) / ms);
  const name = `${batchRows.toLocaleString('en')} a batch, ${rig.serverName}`;
  return [
    result('historian', name, 'new rows, raw is UNNEST', ours, '1/s', unnest),
    result('historian', name, 'new rows, raw is COPY of unseen rows', ours, '1/s', copy),
  ];
}

/** The historian through our writer and our readers, beside the raw driver on the same server in the same run. */
export async function benchHistorian(seconds: number, rowCount: number): Promise<BenchResult[]> {
  const rig = await openHistorianRig();
  try {
    const results: BenchResult[] = [];
    for (const batchRows of BATCH_ROWS) results.push(...(await benchBatch(rig, batchRows, seconds)));
    await rig.pool.query('TRUNCATE telemetry, dirty_range');
    return [...results, ...(await benchDashboards(rig, rowCount))];
  } finally {
    await rig.close();
  }
}
