import { TIME_CLASSES } from '../oee/time-class.ts';

/** Parts of the report that a person opens in a spreadsheet by themselves; `all` is one long table of every record. */
export const CSV_SECTIONS = [
  'all',
  'accounts',
  'kpis',
  'hours',
  'losses',
  'stops',
  'runs',
  'timeline',
  'remarks',
] as const;
export type CsvSection = (typeof CSV_SECTIONS)[number];

/** In front of every row, so that rows of several shifts can stand in one sheet. */
const HEAD_COLUMNS = [
  'record',
  'equipment_id',
  'equipment_name',
  'equipment_kind',
  'shift_name',
  'production_day',
  'shift_phase',
  'revision',
  'ruleset',
  'time_zone',
] as const;

/** Every range of time is there twice: in UTC, and as the wall clock showed it, with its offset. */
const RANGE_COLUMNS = ['from_utc', 'to_utc', 'from_local', 'to_local', 'length_ms'] as const;

/** Milliseconds of each class of time, `class_planned_ms` not to be taken for planned production time: they sum to `length_ms` of what has passed. */
export const CLASS_COLUMNS = TIME_CLASSES.map((timeClass) => `class_${timeClass.replaceAll('-', '_')}_ms`);

const COUNT_COLUMNS = ['total_count', 'good_count', 'reject_count', 'rework_count'] as const;

const SIGNED = ['signed_by', 'signed_at_utc', 'signed_at_local', 'signed_revision', 'signed_oee', 'sign_comment'];

/** Columns of each section behind those of the head. */
const SECTION_COLUMNS: Readonly<Record<Exclude<CsvSection, 'all'>, readonly string[]>> = {
  accounts: [
    ...RANGE_COLUMNS,
    'taken_at_utc',
    ...CLASS_COLUMNS,
    'planned_production_ms',
    'run_time_ms',
    ...COUNT_COLUMNS,
    'earned_total_ms',
    'earned_good_ms',
    'oee',
    'oee_exact',
    'target_oee',
    'coverage',
    'basis',
    'revised_at_utc',
    'revised_because',
    ...SIGNED,
  ],
  kpis: ['view', 'id', 'label', 'value', 'unit', 'numerator', 'denominator', 'exact', 'formula', 'cause'],
  hours: [...RANGE_COLUMNS, ...CLASS_COLUMNS, ...COUNT_COLUMNS, 'target_count', 'oee', 'cause'],
  losses: ['id', 'label', 'path', 'time_class', 'kind', 'length_ms', 'part_count', 'stop_count', 'big_loss'],
  stops: [
    ...RANGE_COLUMNS,
    'machine_id',
    'is_open',
    'time_class',
    'cause',
    'needs_reason',
    'reason_id',
    'reason_label',
    'reason_source',
    'assigned_by',
    'assigned_at_utc',
    'assigned_at_local',
    'comment',
  ],
  runs: [
    ...RANGE_COLUMNS,
    'product_id',
    'order_id',
    'ideal_cycle_ms',
    ...COUNT_COLUMNS,
    'earned_total_ms',
    'earned_good_ms',
  ],
  timeline: [...RANGE_COLUMNS, 'time_class', 'cause'],
  remarks: ['id', 'label'],
};

/** Column names of a table, each once and in the order of the sections. */
export const columnsOf = (section: CsvSection): readonly string[] => [
  ...new Set([
    ...HEAD_COLUMNS,
    ...(section === 'all' ? Object.values(SECTION_COLUMNS).flat() : SECTION_COLUMNS[section]),
  ]),
];
