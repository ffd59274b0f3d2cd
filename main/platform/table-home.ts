/**
 * The database router: for every table of ours the one store that is its home. Configuration is small, changed by
 * people and needed without any network, so it lives in the gateway's own SQLite file; what machines tell over time
 * lives in TimescaleDB; what is on its way there in the forward buffer. A table has one home. The only ones that
 * stand in two are copies, which SQL joins to time series and `copy_configuration` alone writes.
 *
 * Each store asks here before it makes a table, so one that is missing or in the wrong place never comes to be.
 */
import { EngineError } from './engine-error.ts';

/** `configuration`: DATA/configuration.sqlite; `time-series`: TimescaleDB; `buffer`: DATA/buffer. */
export type Store = 'configuration' | 'time-series' | 'buffer';

const HOMES = {
  configuration: [
    'site',
    'line',
    'machine',
    'shift_template',
    'shift_break',
    'reason',
    'reason_name',
    'person',
    'site_revision',
  ],
  'time-series': [
    'telemetry',
    'telemetry_rejected',
    'telemetry_rejected_dropped',
    'telemetry_retention',
    'telemetry_chunk',
    'telemetry_1min',
    'telemetry_5min',
    'telemetry_1hour',
    'aggregate_progress',
    'dirty_range',
    'revised_range',
    'events',
    'shift_instance',
    'reason_assignment',
    'oee_account',
    'oee_progress',
    'shift_revision',
    'shift_signature',
    'shift_task',
    'stop_cut',
    'schema_version',
  ],
  buffer: ['change', 'metric', 'dead_letter', 'loss', 'setting', 'tally'],
} as const satisfies Record<Store, readonly string[]>;

/** Configuration tables that TimescaleDB has read-only copies of. */
export const COPIED_TABLES = [
  'line',
  'machine',
  'reason',
] as const satisfies readonly (typeof HOMES)['configuration'][number][];

const STORES: readonly Store[] = ['configuration', 'time-series', 'buffer'];

/**
 * The home of a table.
 * @throws EngineError `config/unknown-table` for one that is not listed here.
 */
export function storeOf(table: string): Store {
  const home = STORES.find((store) => (HOMES[store] as readonly string[]).includes(table));
  if (home !== undefined) return home;
  throw new EngineError(
    'config/unknown-table',
    `table ${table} has no home: say in main/platform/table-home.ts which store it belongs to`,
    { table },
  );
}

/** Whether TimescaleDB has a copy of this table. */
const isCopied = (table: string): boolean => (COPIED_TABLES as readonly string[]).includes(table);

/** All tables that stand in a store, copies included. */
export const tablesIn = (store: Store): readonly string[] =>
  store === 'time-series' ? [...HOMES[store], ...COPIED_TABLES] : HOMES[store];

/**
 * Says that a table may stand in a store: it is at home there, or a declared copy.
 * @throws EngineError `config/wrong-home`, `config/unknown-table`.
 */
export function assertMayStand(table: string, store: Store): void {
  if (store === 'time-series' && isCopied(table)) return;
  assertHome(table, store);
}

/**
 * Says that a table may be written in a store, which only its home may.
 * @throws EngineError `config/wrong-home`, `config/unknown-table`.
 */
export function assertHome(table: string, store: Store): void {
  const home = storeOf(table);
  if (home === store) return;
  throw new EngineError('config/wrong-home', `table ${table} is at home in ${home} and has no place in ${store}`, {
    table,
    home,
    store,
  });
}

const CREATED = /\bCREATE\s+(?:UNLOGGED\s+)?(?:TABLE|MATERIALIZED\s+VIEW|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)/gi;

/** The tables and views that a text of SQL makes, outside of its comments; temporary ones are nobody's. */
export const createdTables = (sql: string): readonly string[] =>
  [...sql.replaceAll(/--.*$/gm, '').matchAll(CREATED)].map(([, table = '']) => table);

/**
 * To be asked before SQL that makes tables is run in a store.
 * @throws EngineError `config/wrong-home`, `config/unknown-table`.
 */
export function assertMayCreate(sql: string, store: Store): void {
  for (const table of createdTables(sql)) assertMayStand(table, store);
}
