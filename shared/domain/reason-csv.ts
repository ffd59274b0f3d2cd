import { z } from 'zod';
import { readCsv } from './csv-records.ts';
import { Reason } from './reason.ts';

/** What is wrong in a table of reasons, for whoever wrote it. */
export const ReasonCsvFault = z.object({
  /** Of the file, as a spreadsheet counts its rows: the head is 1. Null where it is the whole table. */
  row: z.number().int().nullable(),
  /** Name of the column; null where it is the whole row. */
  column: z.string().nullable(),
  text: z.string(),
});
export type ReasonCsvFault = z.infer<typeof ReasonCsvFault>;

/** A table of reasons to be taken into the tree; `isDryRun` only says what it would mean. */
export const ReasonImport = z.strictObject({ text: z.string().max(5_000_000), isDryRun: z.boolean() });
export type ReasonImport = z.infer<typeof ReasonImport>;

export const ReasonImportResult = z.discriminatedUnion('phase', [
  /** `reasons` is the whole tree as it is now; a dry run leaves it as it was. */
  z.object({
    phase: z.enum(['planned', 'imported']),
    addedIds: z.array(z.string()),
    changedIds: z.array(z.string()),
    unchangedCount: z.number().int(),
    reasons: z.array(Reason),
  }),
  /** Nothing is taken of a table with a fault. */
  z.object({ phase: z.literal('refused'), faults: z.array(ReasonCsvFault) }),
]);
export type ReasonImportResult = z.infer<typeof ReasonImportResult>;

type ParsedReasons =
  | { readonly phase: 'parsed'; readonly reasons: Reason[] }
  /** All faults at once, by row. */
  | { readonly phase: 'refused'; readonly faults: ReasonCsvFault[] };

const FIELDS = ['reasonId', 'parentReasonId', 'timeClass', 'isPlanned', 'retiredAt'] as const;
type Field = (typeof FIELDS)[number];
const REQUIRED: readonly string[] = ['reasonId', 'timeClass', 'name:en'];
/** Name of a reason in a language, such as `name:de`. */
const NAME = 'name:';
const YES = new Set(['true', 'yes', '1']);
const NO = new Set(['false', 'no', '0', '']);
/** Column of the table by field of a reason. */
const COLUMN_OF: Readonly<Record<string, string>> = { retiredAtMs: 'retiredAt' };

/**
 * The reason tree as a table, RFC 4180, a column for each language there is; `parseReasons` reads it back as it was.
 * Text that a spreadsheet would take for a formula gets an apostrophe in front, which `parseReasons` takes away.
 */
export function formatReasons(reasons: readonly Reason[]): string {
  const others = new Set(reasons.flatMap(({ names }) => Object.keys(names)).filter((language) => language !== 'en'));
  const languages = ['en', ...[...others].sort()];
  const head = [...FIELDS, ...languages.map((language) => `${NAME}${language}`)];
  const rows = reasons.map(({ reasonId, parentReasonId, timeClass, isPlanned, retiredAtMs, names }) => [
    reasonId,
    parentReasonId ?? '',
    timeClass,
    isPlanned ? 'yes' : 'no',
    retiredAtMs === null ? '' : new Date(retiredAtMs).toISOString(),
    ...languages.map((language) => names[language] ?? ''),
  ]);
  return [head, ...rows].map((cells) => `${cells.map(toCell).join(',')}\r\n`).join('');
}

const FORMULA = /^[=+\-@\t']/;
const toCell = (text: string): string => {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",;\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const fromCell = (text: string): string => (text.startsWith("'") ? text.slice(1) : text).trim();

/**
 * Reads a table of reasons, with commas or semicolons as a spreadsheet writes it. Columns may stand in any order;
 * `parentReasonId`, `isPlanned`, `retiredAt` and further languages may be left out. Parents may be reasons that exist
 * already, so whether the tree holds together is judged where it is put.
 */
export function parseReasons(text: string): ParsedReasons {
  const table = readCsv(text);
  if (table.phase === 'broken') return refused([{ row: table.row, column: null, text: table.text }]);
  const [head, ...rows] = table.records;
  if (head === undefined) return refused([{ row: null, column: null, text: 'the table is empty' }]);
  const columns = head.cells.map((cell) => fromCell(cell));
  const faults = checkHead(columns);
  if (faults.length > 0) return refused(faults);
  const reasons: Reason[] = [];
  const firstRows = new Map<string, number>();
  for (const { row, cells } of rows) {
    const fault = (column: string | null, what: string): void => void faults.push({ row, column, text: what });
    if (cells.length > columns.length) {
      fault(null, `has ${cells.length} cells, the head has ${columns.length}: put text with a separator into quotes`);
      continue;
    }
    const byColumn = new Map(columns.map((column, index) => [column, fromCell(cells[index] ?? '')]));
    const parsed = Reason.safeParse(toEntry(byColumn, columns, fault));
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) fault(toColumn(path), message);
      continue;
    }
    const { reasonId } = parsed.data;
    const firstRow = firstRows.get(reasonId);
    if (firstRow !== undefined) fault('reasonId', `${reasonId} stands in row ${firstRow} already`);
    firstRows.set(reasonId, firstRow ?? row);
    reasons.push(parsed.data);
  }
  if (faults.length > 0) return refused(faults);
  if (reasons.length === 0) return refused([{ row: null, column: null, text: 'the table has a head and no reason' }]);
  return { phase: 'parsed', reasons };
}

const refused = (faults: ReasonCsvFault[]): ParsedReasons => ({ phase: 'refused', faults });

function checkHead(columns: readonly string[]): ReasonCsvFault[] {
  const missing = REQUIRED.filter((column) => !columns.includes(column));
  const unknown = columns.filter((column) => !isField(column) && !column.startsWith(NAME));
  const double = columns.filter((column, index) => columns.indexOf(column) !== index);
  return [
    ...missing.map((column) => ({ row: 1, column, text: `the head has no column ${column}` })),
    ...unknown.map((column) => ({
      row: 1,
      column,
      text: `there is no column ${column}; there is ${FIELDS.join(', ')}, name:en, name:de and so on`,
    })),
    ...double.map((column) => ({ row: 1, column, text: `the head has ${column} twice` })),
  ];
}

const isField = (column: string): column is Field => FIELDS.some((field) => field === column);

function toEntry(
  cells: ReadonlyMap<string, string>,
  columns: readonly string[],
  fault: (column: string, what: string) => void,
): unknown {
  const cell = (column: string): string => cells.get(column) ?? '';
  const isPlanned = cell('isPlanned').toLowerCase();
  if (!YES.has(isPlanned) && !NO.has(isPlanned)) fault('isPlanned', `${isPlanned} is neither yes nor no`);
  const retiredAt = cell('retiredAt');
  const retiredAtMs = retiredAt === '' ? null : Date.parse(retiredAt);
  const isTime = retiredAtMs === null || !Number.isNaN(retiredAtMs);
  if (!isTime) fault('retiredAt', `${retiredAt} is no time such as 2026-03-28T06:00:00Z`);
  const named = columns.filter((column) => column.startsWith(NAME) && cell(column) !== '');
  return {
    reasonId: cell('reasonId'),
    parentReasonId: cell('parentReasonId') || null,
    timeClass: cell('timeClass'),
    isPlanned: YES.has(isPlanned),
    retiredAtMs: isTime ? retiredAtMs : null,
    names: Object.fromEntries(named.map((column) => [column.slice(NAME.length), cell(column)])),
  };
}

function toColumn([field, language]: readonly PropertyKey[]): string | null {
  if (field === undefined) return null;
  if (field === 'names') return `${NAME}${String(language ?? 'en')}`;
  return COLUMN_OF[String(field)] ?? String(field);
}
