import type { EquipmentShift, Kpi, Stop, TimelineSegment } from '../domain/equipment-shift.ts';
import { exactFactors, oeeFactors } from '../oee/oee-factors.ts';
import type { Rational } from '../oee/rational.ts';
import { plannedProductionMs, runMs, sumTime } from '../oee/time-account.ts';
import type { TimeClass } from '../oee/time-class.ts';

const MINUTE_MS = 60_000;
/** 06:00 in Berlin, a Friday in winter. */
export const EARLY_FROM_MS = Date.UTC(2026, 2, 27, 5);
const IDEAL_CYCLE_MS = 6_000;

/** Segments one after the other, from `[class, minutes, cause]`. */
export function segmentsOf(
  fromMs: number,
  parts: readonly (readonly [timeClass: TimeClass, minutes: number, cause?: string])[],
): TimelineSegment[] {
  let atMs = fromMs;
  return parts.map(([timeClass, minutes, cause]) => {
    const segment = { fromMs: atMs, toMs: atMs + minutes * MINUTE_MS, timeClass, cause: cause ?? null };
    atMs = segment.toMs;
    return segment;
  });
}

const EARLY_SEGMENTS = segmentsOf(EARLY_FROM_MS, [
  ['run', 100],
  ['failure', 20, 'jam at infeed'],
  ['run', 90],
  ['short-stop', 0.5],
  ['run', 29.5],
  ['planned', 30],
  ['starved', 12],
  ['run', 150],
  ['unknown', 8],
  ['unassigned', 7],
  ['run', 33],
]);

const exactText = (exact: Rational | null): string | null => exact && `${exact.numerator}/${exact.denominator}`;

/** A machine's early shift of eight hours, consistent in itself: account, factors and hours come from the segments. */
export function shiftOf(
  changes: Partial<EquipmentShift> & { readonly segments?: readonly TimelineSegment[] } = {},
): EquipmentShift {
  const { segments = EARLY_SEGMENTS, ...fields } = changes;
  const account = sumTime(segments);
  const fromMs = segments[0]?.fromMs ?? EARLY_FROM_MS;
  const toMs = segments.at(-1)?.toMs ?? fromMs;
  const counts = { total: 3_700, good: 3_619, reject: 81, rework: null };
  const input = {
    plannedMs: plannedProductionMs(account),
    runMs: runMs(account),
    products: [{ idealCycleMs: IDEAL_CYCLE_MS, totalCount: counts.total, goodCount: counts.good }],
  };
  const factors = oeeFactors(input);
  const exact = exactFactors(input);
  const kpi = (id: keyof typeof factors, label: string, formula: string): Kpi => ({
    ...{ id, label, formula, unit: 'ratio' },
    value: factors[id].value,
    cause: factors[id].cause,
    exact: exactText(exact[id]),
  });
  return {
    equipmentId: 'Filler',
    name: 'Filler',
    kind: 'machine',
    timeZone: 'Europe/Berlin',
    takenAtMs: toMs,
    shift: {
      name: 'Early',
      productionDay: '2026-03-27',
      fromMs,
      toMs,
      breaks: [],
      phase: 'final',
      revision: 2,
      revisedAtMs: null,
      revisedBecause: null,
      signature: null,
    },
    state: { timeClass: 'run', cause: null, sinceMs: toMs },
    factors,
    targetRatio: 0.8,
    kpis: [
      kpi('availability', 'Availability', 'run time / planned production time'),
      kpi('performance', 'Performance', 'ideal cycle × parts made / run time'),
      kpi('quality', 'Quality', 'good parts / parts made'),
      kpi('oee', 'OEE', 'ideal cycle × good parts / planned production time'),
      {
        id: 'mttr',
        label: 'MTTR',
        value: 20 * MINUTE_MS,
        unit: 'ms',
        cause: null,
        exact: '1200000',
        formula: 'down time of failures / failures',
      },
    ],
    isoKpis: [
      {
        id: 'iso-availability',
        label: 'Availability (APT/PBT)',
        value: 0.5,
        unit: 'ratio',
        cause: null,
        exact: '1/2',
        formula: 'APT / PBT',
      },
      {
        id: 'iso-oee',
        label: 'OEE index',
        value: null,
        unit: 'ratio',
        cause: 'No order is known.',
        exact: null,
        formula: 'A × E × Q',
      },
    ],
    accountMs: account,
    plannedMs: input.plannedMs,
    runMs: input.runMs,
    counts,
    coverageRatio: 0.982,
    basis: 'PPT 442 min (480 − 30 break − 8 unknown) · short stop ≤ 60 s in P · coverage 98.2 %',
    ruleset: 'lineside-oee/2',
    mostCostly: 'Failures cost 20 min: “jam at infeed”.',
    remarks: [],
    timeline: [...segments],
    hours: hoursOf(segments, fromMs, toMs),
    worm: [],
    waterfall: [
      { id: 'all', label: 'All time', kind: 'level', ms: toMs - fromMs, partCount: 4_800, bigLoss: null },
      {
        id: 'schedule',
        label: 'Not planned',
        kind: 'loss',
        ms: toMs - fromMs - input.plannedMs,
        partCount: 380,
        bigLoss: null,
      },
      {
        id: 'planned',
        label: 'Planned production time',
        kind: 'level',
        ms: input.plannedMs,
        partCount: 4_420,
        bigLoss: null,
      },
      {
        id: 'stops',
        label: 'Stops',
        kind: 'loss',
        ms: input.plannedMs - input.runMs,
        partCount: 390,
        bigLoss: 'Breakdowns',
      },
      { id: 'run', label: 'Run time', kind: 'level', ms: input.runMs, partCount: 4_030, bigLoss: null },
    ],
    pareto: [
      {
        id: 'jam',
        label: 'Jam at infeed',
        path: ['Machine', 'Infeed'],
        timeClass: 'failure',
        lostMs: 20 * MINUTE_MS,
        stopCount: 1,
      },
      { id: 'starved', label: 'Starved', path: [], timeClass: 'starved', lostMs: 12 * MINUTE_MS, stopCount: 1 },
    ],
    stops: [
      stopOf({}),
      stopOf({ fromMs: EARLY_FROM_MS + 440 * MINUTE_MS, timeClass: 'unassigned', cause: null, needsReason: true }),
    ],
    products: [{ productId: 'Water 0.5 l', orderId: 'A-1001', fromMs, toMs, idealCycleMs: IDEAL_CYCLE_MS, counts }],
    ...fields,
  };
}

export function stopOf(changes: Partial<Stop>): Stop {
  const fromMs = changes.fromMs ?? EARLY_FROM_MS + 100 * MINUTE_MS;
  return {
    machineId: 'Filler',
    fromMs,
    toMs: fromMs + 20 * MINUTE_MS,
    isOpen: false,
    timeClass: 'failure',
    cause: 'jam at infeed',
    reasonId: null,
    reasonLabel: null,
    reasonSource: 'machine',
    assignedBy: null,
    assignedAtMs: null,
    comment: null,
    needsReason: false,
    parts: [],
    isCutAtStart: false,
    ...changes,
  };
}

function hoursOf(segments: readonly TimelineSegment[], fromMs: number, toMs: number): EquipmentShift['hours'] {
  const hours: EquipmentShift['hours'] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += 60 * MINUTE_MS) {
    const endMs = Math.min(toMs, atMs + 60 * MINUTE_MS);
    const inside = segments
      .map((segment) => ({ ...segment, fromMs: Math.max(atMs, segment.fromMs), toMs: Math.min(endMs, segment.toMs) }))
      .filter((segment) => segment.fromMs < segment.toMs);
    hours.push({
      fromMs: atMs,
      toMs: endMs,
      accountMs: sumTime(inside),
      counts: { total: 462, good: 452, reject: 10, rework: null },
      targetCount: 480,
      availability: { value: 0.9, cause: null },
      performance: { value: 0.855, cause: null },
      quality: { value: 0.978, cause: null },
      oee: { value: 0.753, cause: null },
    });
  }
  return hours;
}
