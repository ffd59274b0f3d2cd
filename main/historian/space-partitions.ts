import type { PoolClient } from 'pg';

/** Chunks that every chunk from now on is divided into by machine; 0 when the hypertable was never divided. */
async function readSpacePartitions(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT num_partitions::int AS count FROM timescaledb_information.dimensions
     WHERE hypertable_name = 'telemetry' AND hypertable_schema = 'public' AND column_name = 'machine_id'`,
  );
  return rows[0]?.count ?? 0;
}

/**
 * Divides the chunks of `telemetry` by a hash of the machine, `wanted` into a day; 0 or 1 leave them whole. Chunks that
 * are there stay as they are, so a change comes into force with the next day, and a divided hypertable cannot lose its
 * dimension: it is given one partition. Returns the number before.
 *
 * Needs to own the table. Rejects with the driver's error, as when a server before 2.23 refuses to divide a
 * table that holds rows.
 */
export async function setSpacePartitions(client: PoolClient, wanted: number): Promise<number> {
  const present = await readSpacePartitions(client);
  if (Math.max(present, 1) === Math.max(wanted, 1)) return present;
  const sql =
    present === 0
      ? `SELECT add_dimension('telemetry', by_hash('machine_id', $1::int))`
      : `SELECT set_number_partitions('telemetry', $1::int, 'machine_id')`;
  await client.query(sql, [Math.max(wanted, 1)]);
  return present;
}
