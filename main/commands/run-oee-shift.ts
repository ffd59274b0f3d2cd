import type { EquipmentShift } from '../../shared/domain/equipment-shift.ts';
import { openOeeDesk } from '../compose-oee-desk.ts';
import type { OeeDesk } from '../engine/ports.ts';
import { EngineError } from '../platform/engine-error.ts';
import { describeExplanation, describeShift, shiftCsv } from './describe-shift.ts';
import { EXIT, readArguments } from './read-arguments.ts';
import { readMoment } from './read-moment.ts';

const USAGE = `lineside oee show --config FILE [--machine ID|--line ID] [--from T --to T | --shift now|last|START]
         [--view vorne|iso] [--json|--csv]
       lineside oee explain --config FILE --machine ID [--shift …] [--figure ID] [--json]`;

type Print = (text: string) => void;

const OPTIONS = {
  config: { type: 'string' },
  machine: { type: 'string' },
  line: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  shift: { type: 'string' },
  view: { type: 'string' },
  figure: { type: 'string' },
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
} as const;

/** Most shifts that one command looks at: three a day for a quarter of a year. */
const MAX_SHIFTS = 200;
const MACHINE_FIGURE = 'oee';

function usage(text: string): EngineError {
  return new EngineError('cli/usage', `${text}\nusage: ${USAGE}`);
}

/**
 * `lineside oee show`: shifts of a machine or the line, recomputed from the samples in the historian. Times are ISO 8601
 * or local wall time in the zone of the site. Exit code 0; 1 when the historian does not answer or has no such shift.
 */
export async function runOeeShow(words: readonly string[], print: Print): Promise<number> {
  const values = readArguments(words, OPTIONS, USAGE);
  if (values.config === undefined) throw usage('name the site file');
  const view = values.view ?? 'vorne';
  if (view !== 'vorne' && view !== 'iso') throw usage(`--view ${view} is neither vorne nor iso`);
  const { site, desk, close } = await openOeeDesk(values.config);
  try {
    const equipmentId = values.machine ?? values.line ?? site.lineName;
    const shifts = await findShifts(desk, equipmentId, values, site.timeZone);
    if (values.json) print(JSON.stringify(shifts));
    else if (values.csv) print(shiftCsv(shifts, view));
    else print(shifts.map((shift) => describeShift(shift, view)).join('\n\n') || 'no shift began in this time');
    return EXIT.ok;
  } finally {
    await close();
  }
}

/** `lineside oee explain`: a figure of a shift, opened to its terms, their pieces and the last of their samples. */
export async function runOeeExplain(words: readonly string[], print: Print): Promise<number> {
  const values = readArguments(words, OPTIONS, USAGE);
  if (values.config === undefined) throw usage('name the site file');
  const { site, desk, close } = await openOeeDesk(values.config);
  try {
    const equipmentId = values.machine ?? values.line ?? site.lineName;
    const [shift] = await findShifts(desk, equipmentId, values, site.timeZone);
    const shiftFromMs = shift?.shift?.fromMs;
    if (shift === undefined || shiftFromMs === undefined) {
      throw new EngineError('oee/no-shift', 'no shift has run yet');
    }
    const told = await desk.explain({ equipmentId, shiftFromMs, figureId: values.figure ?? MACHINE_FIGURE });
    const pieces = told.terms.flatMap((term) => term.pieces).slice(0, 3);
    const samples = [];
    for (const { metricNames, fromMs, toMs } of pieces) {
      samples.push(await desk.samples({ equipmentId, metricNames, fromMs, toMs, limit: 10 }));
    }
    if (values.json) print(JSON.stringify({ ...told, samples }));
    else print(describeExplanation(told, samples, site.timeZone));
    return EXIT.ok;
  } finally {
    await close();
  }
}

async function findShifts(
  desk: OeeDesk,
  equipmentId: string,
  values: { from?: string | undefined; to?: string | undefined; shift?: string | undefined },
  timeZone: string,
): Promise<EquipmentShift[]> {
  if (values.from === undefined && values.to === undefined) {
    return [await desk.shift({ equipmentId, shiftFromMs: await findStart(desk, equipmentId, values.shift, timeZone) })];
  }
  if (values.from === undefined || values.to === undefined) throw usage('give both --from and --to');
  const fromMs = readMoment(values.from, timeZone);
  const toMs = readMoment(values.to, timeZone);
  if (fromMs >= toMs) throw usage('--from is not before --to');
  const listed = await desk.shifts({ equipmentId, beforeMs: toMs, limit: MAX_SHIFTS });
  const shifts: EquipmentShift[] = [];
  for (const { head } of listed.reverse()) {
    if (head.toMs > fromMs) shifts.push(await desk.shift({ equipmentId, shiftFromMs: head.fromMs }));
  }
  return shifts;
}

async function findStart(
  desk: OeeDesk,
  equipmentId: string,
  shift: string | undefined,
  timeZone: string,
): Promise<number | null> {
  if (shift === undefined || shift === 'now') return null;
  if (shift !== 'last') return readMoment(shift, timeZone);
  const beforeMs = Number.MAX_SAFE_INTEGER / 4;
  const listed = await desk.shifts({ equipmentId, beforeMs, limit: 2 });
  const ended = listed.find(({ head }) => head.phase !== 'running');
  if (ended === undefined) throw new EngineError('oee/no-shift', 'no shift has ended yet');
  return ended.head.fromMs;
}
