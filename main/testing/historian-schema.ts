import type { Client } from 'pg';

/** Each gives lines; what an extension brought is left out, and so is what differs between versions of it. */
const QUESTIONS: readonly (readonly [title: string, sql: string])[] = [
  [
    'columns',
    `SELECT format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END,
        coalesce(CASE WHEN a.attidentity <> '' THEN ' IDENTITY' WHEN a.attgenerated <> '' THEN ' GENERATED ' || pg_get_expr(d.adbin, d.adrelid)
          ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END, '')) AS line
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
     ORDER BY c.relname, a.attnum`,
  ],
  [
    'constraints',
    `SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) AS line FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> 0 ORDER BY 1`,
  ],
  ['indexes', `SELECT indexdef AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`],
  [
    'triggers',
    `SELECT pg_get_triggerdef(oid) AS line FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace) AND NOT tgisinternal AND tgname NOT LIKE 'ts\\_%' ORDER BY 1`,
  ],
  [
    'functions',
    `SELECT pg_get_functiondef(p.oid) AS line FROM pg_proc p
     WHERE pronamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY proname`,
  ],
  [
    'dimensions',
    `SELECT format('%s by %s: %s', hypertable_name, column_name, coalesce(time_interval::text, num_partitions || ' partitions')) AS line
     FROM timescaledb_information.dimensions WHERE hypertable_schema = 'public' ORDER BY hypertable_name, dimension_number`,
  ],
  [
    'compression',
    `SELECT format('%s.%s segmentby %s orderby %s %s', hypertable_name, attname, segmentby_column_index, orderby_column_index, orderby_asc) AS line
     FROM timescaledb_information.compression_settings WHERE hypertable_schema = 'public' ORDER BY 1`,
  ],
  [
    'aggregates',
    `SELECT format('%s materialized only %s:%s', view_name, materialized_only, view_definition) AS line
     FROM timescaledb_information.continuous_aggregates ORDER BY view_name`,
  ],
  [
    'policies',
    `SELECT format('%s %s every %s: %s',
        coalesce((SELECT user_view_name FROM _timescaledb_catalog.continuous_agg WHERE mat_hypertable_id = id), hypertable_name),
        proc_name, schedule_interval, config - 'mat_hypertable_id' - 'hypertable_id') AS line
     FROM timescaledb_information.jobs,
          LATERAL (SELECT coalesce(config ->> 'mat_hypertable_id', config ->> 'hypertable_id')::int AS id) AS target
     WHERE proc_name IN ('policy_refresh_continuous_aggregate', 'policy_retention', 'policy_compression') ORDER BY 1`,
  ],
  [
    'grants',
    `SELECT format('%s %s on %s', grantee, string_agg(privilege_type, ', ' ORDER BY privilege_type), table_name) AS line
     FROM information_schema.role_table_grants WHERE table_schema = 'public' AND grantee LIKE 'lineside\\_%'
     GROUP BY grantee, table_name ORDER BY 1`,
  ],
];

/** Everything our migrations and the site's storage rules make in a database, as text that can be compared. */
export async function describeHistorianSchema(client: Client): Promise<string> {
  const parts: string[] = [];
  for (const [title, sql] of QUESTIONS) {
    const { rows } = await client.query<{ line: string }>(sql);
    parts.push(`== ${title}\n${rows.map(({ line }) => line).join('\n')}\n`);
  }
  return parts.join('\n');
}
