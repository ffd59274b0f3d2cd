import type { Pool } from 'pg';
import type { Reason } from '../../shared/domain/reason.ts';
import { assertHome, COPIED_TABLES } from '../platform/table-home.ts';

/** What SQL joins to time series, as the configuration of one gateway says it. */
export interface ConfigurationCopy {
  readonly lines: readonly {
    readonly lineId: string;
    readonly name: string;
    readonly timeZone: string;
    readonly retiredAtMs: number | null;
  }[];
  readonly machines: readonly {
    readonly machineId: string;
    readonly lineId: string;
    readonly name: string;
    readonly isBottleneck: boolean;
    readonly retiredAtMs: number | null;
  }[];
  readonly reasons: readonly Reason[];
}

type CopiedTable = (typeof COPIED_TABLES)[number];

const toInstant = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString());

/** Rows by table, with the names of its columns. */
const toRows = ({ lines, machines, reasons }: ConfigurationCopy): Readonly<Record<CopiedTable, readonly object[]>> => ({
  line: lines.map(({ lineId, name, timeZone, retiredAtMs }) => ({
    line_id: lineId,
    name,
    time_zone: timeZone,
    retired_at: toInstant(retiredAtMs),
  })),
  machine: machines.map(({ machineId, lineId, name, isBottleneck, retiredAtMs }) => ({
    machine_id: machineId,
    line_id: lineId,
    name,
    is_bottleneck: isBottleneck,
    retired_at: toInstant(retiredAtMs),
  })),
  reason: reasons.map(({ reasonId, parentReasonId, names, timeClass, isPlanned, retiredAtMs }) => ({
    reason_id: reasonId,
    parent_reason_id: parentReasonId,
    // Each has one: see `Reason`.
    name: names['en'] ?? reasonId,
    time_class: timeClass,
    is_planned: isPlanned,
    retired_at: toInstant(retiredAtMs),
  })),
});

/**
 * Brings the copies of the configuration to what the gateway says, in one transaction, by the one function of the
 * database that may write them; several gateways share a database, and each speaks of its own lines and machines.
 * Harmless to repeat. Returns the number of rows that were not so already. Rejects with the driver's error.
 */
export async function copyConfiguration(pool: Pool, copy: ConfigurationCopy): Promise<number> {
  const rows = toRows(copy);
  const copied = COPIED_TABLES.map((table) => {
    // A copy is one of configuration: what is at home here is written here.
    assertHome(table, 'configuration');
    return JSON.stringify(rows[table]);
  });
  const { rows: answer } = await pool.query<{ changed: string }>(
    'SELECT copy_configuration($1::jsonb, $2::jsonb, $3::jsonb) AS changed',
    copied,
  );
  return Number(answer[0]?.changed ?? 0);
}
