import type { HistorianStatus } from '../historian/read-status.ts';

/** Late rows are refreshed every minute; hours that wait longer than this are not refreshed by anyone. */
const DIRTY_LIMIT_MS = 30 * 60_000;

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;
const isoTime = (atMs: number): string => new Date(atMs).toISOString();

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} d`;
}

/** What is not right, each with what to do; empty when all is well. */
export function findHistorianFaults({ schema, policies, dirty, nowMs }: HistorianStatus): string[] {
  const faults: string[] = [];
  if (schema.version < schema.newest) {
    faults.push(
      `The schema has version ${schema.version}, this program knows ${schema.newest}. Next: lineside historian migrate.`,
    );
  }
  if (schema.version > schema.newest) {
    faults.push(
      `The schema has version ${schema.version}, this program knows ${schema.newest}. Next: install the newer Lineside.`,
    );
  }
  for (const { kind, relation, lastResult, jobId } of policies) {
    if (lastResult !== 'Failed') continue;
    faults.push(
      `The last ${kind} of ${relation} failed. Next: look for job ${jobId} in timescaledb_information.job_errors.`,
    );
  }
  if (dirty.waitingSinceMs !== null && nowMs - dirty.waitingSinceMs > DIRTY_LIMIT_MS) {
    faults.push(
      `${dirty.hourCount} hours with late rows wait to be refreshed. Next: is the gateway running that owns this database? lineside historian refresh does it now.`,
    );
  }
  return faults;
}

/** The status for a person at a terminal. */
export function describeHistorian(status: HistorianStatus): string {
  const { server, schema, hypertables, aggregates, policies, dirty, revised, nowMs } = status;
  const faults = findHistorianFaults(status);
  const dropped =
    status.droppedBeforeMs === null ? '' : `, raw rows before ${isoTime(status.droppedBeforeMs)} may be dropped`;
  return [
    `PostgreSQL ${server.postgres}, TimescaleDB ${server.timescaledb ?? 'not installed'}, schema version ${schema.version} of ${schema.newest}`,
    ...hypertables.map(
      (table) =>
        `  ${table.name.padEnd(16)} ${count(table.chunkCount)} chunks, ${count(table.compressedChunkCount)} compressed` +
        `${table.compressionRatio === null ? '' : ` (${table.compressionRatio.toFixed(1)} times smaller)`}, ` +
        `${megabytes(table.sizeBytes)}, ${table.spacePartitions} a period` +
        `${table.oldestMs === null || table.newestMs === null ? '' : `, ${isoTime(table.oldestMs)} to ${isoTime(table.newestMs)}`}`,
    ),
    ...aggregates.map((view) => toAggregate(view, nowMs)),
    ...policies.map(
      (policy) =>
        `  job ${String(policy.jobId).padEnd(12)} ${policy.kind} of ${policy.relation} every ${policy.every} (${toRule(policy.rule)}): ` +
        `${policy.lastRunMs === null ? 'never run by the server' : `${policy.lastResult ?? 'runs now'} ${isoTime(policy.lastRunMs)}`}, ` +
        `${count(policy.failureCount)} failures`,
    ),
    `  late rows        ${count(dirty.rowCount)} in ${count(dirty.hourCount)} hours wait; ${count(revised.refreshedCount)} hours revised, ` +
      `${count(revised.beyondRetentionCount)} beyond the retention${dropped}`,
    `  rejected         ${count(status.rejectedCount)} rows in telemetry_rejected, ${count(status.rejectedDroppedCount)} dropped for its bounds`,
    '',
    ...(faults.length === 0 ? ['all is well'] : faults.map((fault) => `LOOK  ${fault}`)),
  ].join('\n');
}

function toAggregate(view: HistorianStatus['aggregates'][number], nowMs: number): string {
  const untilMs = Math.max(view.refreshedUntilMs ?? 0, view.filledUntilMs ?? 0);
  const until =
    untilMs === 0 ? 'holds nothing yet' : `holds all until ${isoTime(untilMs)} (${duration(nowMs - untilMs)} ago)`;
  return `  ${view.name.padEnd(16)} ${until}, ${megabytes(view.sizeBytes)}; what is newer is read from the raw rows`;
}

const toRule = (rule: Readonly<Record<string, string>>): string =>
  Object.entries(rule)
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
    .join(', ');
