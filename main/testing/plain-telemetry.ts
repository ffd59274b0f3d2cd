import { Client } from 'pg';
import { readMigrations } from '../historian/migrate-schema.ts';

/** Statements that only TimescaleDB has. */
const OF_TIMESCALE = /^SELECT create_hypertable|timescaledb\./;

/** As TimescaleDB cuts hours: from a Monday. */
const TIME_BUCKET = `
  CREATE FUNCTION time_bucket(width interval, at timestamptz) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE AS $$ SELECT date_bin(width, at, '2000-01-03Z') $$`;

/**
 * The tables that rows are stored in, on a PostgreSQL without TimescaleDB: those of the migrations with their keys and
 * indexes, but plain. For faults of the connection, where it does not matter what a table is made of.
 */
export async function createPlainTelemetry(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(TIME_BUCKET);
    for (const { sql } of readMigrations().filter(({ name }) => name.includes('telemetry'))) {
      const code = sql.replaceAll(/^\s*--.*$/gm, '');
      const statements = code.split(';').map((statement) => statement.trim());
      for (const statement of statements) {
        if (statement !== '' && !OF_TIMESCALE.test(statement)) await client.query(statement);
      }
    }
  } finally {
    await client.end();
  }
}
