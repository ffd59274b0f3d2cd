import { writeFile } from 'node:fs/promises';
import type { EquipmentShift } from '../../shared/domain/equipment-shift.ts';
import { ReportFormat } from '../../shared/domain/shift-report-order.ts';
import { CSV_SECTIONS, type CsvSection } from '../../shared/oee-report/csv-columns.ts';
import { reportCsv } from '../../shared/oee-report/report-csv.ts';
import { reportHtml } from '../../shared/oee-report/report-html.ts';
import { toShiftReport } from '../../shared/oee-report/to-shift-report.ts';
import { composeReport, type ReportSource } from '../compose-report.ts';
import { systemClock } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { printWithElectron } from './print-with-electron.ts';
import { EXIT, readArguments } from './read-arguments.ts';

const USAGE = `lineside oee report --config FILE (--line | --machine ID) [--shift ISO | DAY/NAME]
         [--format html|csv|pdf] [--view vorne|iso] [--section ${CSV_SECTIONS.join('|')}] [--bom] --out FILE|-`;
/** How far after a production day its shifts may begin, in any zone. */
const DAY_REACH_MS = 3 * 86_400_000;

type Print = (text: string) => void;

/**
 * `lineside oee report`: a shift as page, table or print, from the historian; without `--shift` the one that runs, else
 * the last one. Returns the exit code.
 * @throws EngineError `cli/usage`, `report/not-written`, `report/no-electron`, `report/not-printed`, `oee/…`.
 */
export async function runOeeReport(words: readonly string[], print: Print): Promise<number> {
  const values = readArguments(
    words,
    {
      config: { type: 'string' },
      line: { type: 'boolean' },
      machine: { type: 'string' },
      shift: { type: 'string' },
      format: { type: 'string', default: 'html' },
      view: { type: 'string', default: 'vorne' },
      section: { type: 'string', default: 'all' },
      bom: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
    USAGE,
  );
  const { config, machine, out } = values;
  if (config === undefined) throw wrong('name the site file');
  if (out === undefined) throw wrong('say where to: --out FILE, or --out - for the terminal');
  if ((machine === undefined) !== (values.line === true)) throw wrong('name either --line or --machine ID');
  const format = ReportFormat.safeParse(values.format).data;
  if (format === undefined) throw wrong(`there is no format ${values.format}`);
  if (values.view !== 'vorne' && values.view !== 'iso') throw wrong(`there is no view ${values.view}`);
  if (format === 'pdf' && out === '-') throw wrong('a PDF is not for the terminal: name a file');
  const section = readSection(values.section);
  const source = await composeReport(config);
  try {
    const equipmentId = machine ?? source.place.line;
    const shifts = await source.read(equipmentId, await readShiftStart(source, equipmentId, values.shift));
    const content = toContent(shifts, source, { format, view: values.view, section, hasByteOrderMark: values.bom });
    if (format === 'pdf') await printWithElectron(content, out);
    else if (out === '-') process.stdout.write(content);
    else await writeReport(out, content);
    if (out !== '-') print(`wrote ${out}`);
  } finally {
    await source.close();
  }
  return EXIT.ok;
}

const wrong = (what: string): EngineError => new EngineError('cli/usage', `${what}\nusage: ${USAGE}`);

function readSection(text: string): CsvSection {
  const section = CSV_SECTIONS.find((name) => name === text);
  if (section === undefined) throw wrong(`there is no section ${text}`);
  return section;
}

/** `2026-03-27T05:00:00Z`, or `2026-03-27/Early`; null without one. */
async function readShiftStart(source: ReportSource, equipmentId: string, text: string | undefined) {
  if (text === undefined) return null;
  const [, day, name] = /^(\d{4}-\d\d-\d\d)\/(.+)$/.exec(text) ?? [];
  if (day === undefined) {
    const atMs = Date.parse(text);
    if (Number.isNaN(atMs))
      throw wrong(`--shift ${text} is neither an ISO time nor a day and a name, as in 2026-03-27/Early`);
    return atMs;
  }
  const lines = await source.list({ equipmentId, beforeMs: Date.parse(day) + DAY_REACH_MS, limit: 50 });
  const found = lines.find(({ head }) => head.productionDay === day && head.name === name);
  if (found !== undefined) return found.head.fromMs;
  const names = lines.filter(({ head }) => head.productionDay === day).map(({ head }) => head.name);
  const there = names.length === 0 ? 'that day has no shift' : `that day has ${names.join(', ')}`;
  throw new EngineError('oee/no-shift', `there is no shift ${text}: ${there}`);
}

interface Wanted {
  readonly format: ReportFormat;
  readonly view: 'vorne' | 'iso';
  readonly section: CsvSection;
  readonly hasByteOrderMark: boolean;
}

function toContent(shifts: readonly EquipmentShift[], { place }: ReportSource, wanted: Wanted): string {
  if (wanted.format === 'csv') return reportCsv(shifts, wanted);
  const options = { place, view: wanted.view, generatedAtMs: systemClock.nowMs(), program: 'Lineside' };
  return reportHtml(toShiftReport(shifts, options));
}

async function writeReport(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    const text = `The report could not be written to ${path}: ${describeError(cause)}. Name another file.`;
    throw new EngineError('report/not-written', text, { path }, { cause });
  }
}
