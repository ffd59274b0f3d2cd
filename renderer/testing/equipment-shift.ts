import type { EquipmentShift, Stop } from '../../shared/domain/equipment-shift.ts';

/** 2026-11-23 11:42:00 in Berlin, in the early shift that began at 06:00. */
export const AT_MS = Date.UTC(2026, 10, 23, 10, 42);
export const BEGIN_MS = Date.UTC(2026, 10, 23, 5);
const MINUTE_MS = 60_000;

/** A time of the fixture's shift by minutes from its start. */
export const minute = (count: number): number => BEGIN_MS + count * MINUTE_MS;

/** A failure of 14 minutes which the machine named; `changes` replaces whole fields. */
export function stopOf(changes: Partial<Stop> = {}): Stop {
  const fromMs = changes.fromMs ?? minute(197);
  const toMs = changes.toMs ?? fromMs + 14 * MINUTE_MS;
  return {
    machineId: 'Labeller',
    fromMs,
    toMs,
    isOpen: false,
    timeClass: 'failure',
    cause: 'Label web torn',
    reasonId: null,
    reasonLabel: null,
    reasonSource: 'machine',
    assignedBy: null,
    assignedAtMs: null,
    comment: null,
    needsReason: false,
    parts: [{ fromMs, toMs, timeClass: 'failure', cause: 'Label web torn' }],
    isCutAtStart: false,
    ...changes,
  };
}

const factor = (value: number) => ({ value, cause: null });

/** A labeller at 62.4 % in a running shift; `changes` replaces whole fields. */
export function equipmentShiftOf(changes: Partial<EquipmentShift> = {}): EquipmentShift {
  return {
    equipmentId: 'Labeller',
    name: 'Labeller',
    kind: 'machine',
    timeZone: 'Europe/Berlin',
    takenAtMs: AT_MS,
    shift: {
      name: 'Early',
      productionDay: '2026-11-23',
      fromMs: BEGIN_MS,
      toMs: minute(480),
      breaks: [{ name: 'Breakfast', fromMs: minute(144), toMs: minute(174) }],
      phase: 'running',
      revision: 1,
      revisedAtMs: null,
      revisedBecause: null,
      signature: null,
    },
    state: { timeClass: 'failure', cause: 'Label web torn', sinceMs: AT_MS - 192_000 },
    factors: {
      availability: factor(0.731),
      performance: factor(0.879),
      quality: factor(0.971),
      oee: factor(0.624),
    },
    targetRatio: 0.8,
    kpis: [
      kpi('availability', 'Availability', 0.731, '206/282', 'run / planned'),
      kpi('performance', 'Performance', 0.879, '10865/12360', 'Σ ideal × total / run'),
      kpi('quality', 'Quality', 0.971, '17583/18108', 'Σ ideal × good / Σ ideal × total'),
      kpi('oee', 'OEE', 0.624, '17583/28200', 'Σ ideal × good / planned'),
      kpi('teep', 'TEEP', 0.514, '17583/34200', 'Σ ideal × good / all time'),
      { ...kpi('mtbf', 'MTBF', 2_472_000, null, 'run / failures'), unit: 'ms' },
      { ...kpi('mttr', 'MTTR', null, null, 'down / failures'), unit: 'ms', cause: 'no failure yet' },
    ],
    isoKpis: [
      kpi('iso-availability', 'Availability (APT/PBT)', 0.68, '192/282', 'APT / PBT'),
      kpi('iso-effectiveness', 'Effectiveness', 0.946, '176/186', 'PRI × PQ / APT'),
      kpi('iso-quality', 'Quality ratio', 0.971, '17583/18108', 'GQ / PQ'),
      kpi('iso-oee', 'OEE index', 0.624, '17583/28200', 'A × E × Q'),
      kpi('iso-nee', 'NEE index', 0.66, null, 'AUPT / PBT × E × Q'),
    ],
    accountMs: { run: 192 * MINUTE_MS, 'short-stop': 14 * MINUTE_MS, failure: 40 * MINUTE_MS, planned: 60 * MINUTE_MS },
    plannedMs: 282 * MINUTE_MS,
    runMs: 206 * MINUTE_MS,
    counts: { total: 18_108, good: 17_583, reject: 525, rework: null },
    coverageRatio: 0.992,
    basis: 'PPT 282 min (342 − 60 break) · short stop ≤ 60 s in P · coverage 99.2 %',
    ruleset: 'lineside-oee/2',
    mostCostly: 'Failures cost 40 min, 27 min of it “Label web torn”.',
    remarks: [],
    timeline: [
      { fromMs: minute(0), toMs: minute(144), timeClass: 'run', cause: null },
      { fromMs: minute(144), toMs: minute(174), timeClass: 'planned', cause: 'Breakfast' },
      { fromMs: minute(174), toMs: minute(197), timeClass: 'run', cause: null },
      { fromMs: minute(197), toMs: minute(211), timeClass: 'failure', cause: 'Label web torn' },
      { fromMs: minute(211), toMs: minute(280), timeClass: 'run', cause: null },
      { fromMs: minute(280), toMs: minute(284), timeClass: 'unknown', cause: null },
      { fromMs: minute(284), toMs: minute(331), timeClass: 'run', cause: null },
      { fromMs: minute(331), toMs: minute(336), timeClass: 'unassigned', cause: null },
      { fromMs: minute(336), toMs: AT_MS, timeClass: 'run', cause: null },
    ],
    hours: [3_620, 3_150, 3_480, 2_210, 3_330, 1_793].map((good, index) => ({
      fromMs: minute(index * 60),
      toMs: Math.min(AT_MS, minute(index * 60 + 60)),
      accountMs: { run: 50 * MINUTE_MS },
      counts: { total: good + 80, good, reject: 80, rework: null },
      targetCount: index === 5 ? 3_024 : 4_320,
      availability: factor(0.9),
      performance: factor(good / 4_752),
      quality: factor(0.978),
      oee: factor(good / 5_400),
    })),
    worm: Array.from({ length: 58 }, (_none, index) => ({
      atMs: minute(index * 6),
      goodCount: index * 308,
      targetCount: index * 400,
    })),
    waterfall: [
      loss('all-time', 'All time', 'level', 342, 34_200, null),
      loss('planned', 'Planned stops', 'loss', 60, 6_000, null),
      loss('planned-time', 'Planned production time', 'level', 282, 28_200, null),
      loss('failure', 'Failures', 'loss', 40, 4_000, 'Unplanned stops'),
      loss('starved', 'Starved', 'loss', 11, 1_100, 'Unplanned stops'),
      loss('unassigned', 'Stops without a reason', 'loss', 13, 1_300, 'Unplanned stops'),
      loss('setup', 'Set-up and change-over', 'loss', 12, 1_200, 'Planned stops'),
      loss('run-time', 'Run time', 'level', 206, 20_600, null),
      loss('short-stop', 'Small stops', 'loss', 14, 1_400, 'Small stops'),
      loss('slow-cycles', 'Slow cycles', 'loss', 11, 1_092, 'Slow cycles'),
      loss('net-run-time', 'Net run time', 'level', 181, 18_108, null),
      loss('rejects', 'Rejects', 'loss', 5, 525, 'Production rejects'),
      loss('start-up-rejects', 'Start-up rejects', 'loss', 0, 0, 'Start-up rejects'),
      loss('productive-time', 'Fully productive time', 'level', 176, 17_583, null),
    ],
    pareto: [
      bar('r1', 'Label web torn', 'failure', 27, 6),
      bar('none', 'No reason yet', 'unassigned', 13, 4),
      bar('small', 'Small stops', 'short-stop', 9, 31),
      bar('starved', 'Starved by Capper', 'starved', 6, 3),
    ],
    stops: [
      stopOf({
        fromMs: minute(331),
        toMs: minute(336),
        timeClass: 'unassigned',
        cause: null,
        reasonSource: 'none',
        needsReason: true,
        parts: [{ fromMs: minute(331), toMs: minute(336), timeClass: 'unassigned', cause: null }],
      }),
      stopOf(),
    ],
    products: [
      {
        productId: '0.5 l PET',
        orderId: 'A-1041',
        fromMs: BEGIN_MS,
        toMs: AT_MS,
        idealCycleMs: 600,
        counts: { total: 18_108, good: 17_583, reject: 525, rework: null },
      },
    ],
    ...changes,
  };
}

function kpi(id: string, label: string, value: number | null, exact: string | null, formula: string) {
  return { id, label, value, unit: 'ratio' as const, cause: null, exact, formula };
}

function loss(
  id: string,
  label: string,
  kind: 'level' | 'loss',
  minutes: number,
  partCount: number | null,
  bigLoss: string | null,
) {
  return { id, label, kind, ms: minutes * MINUTE_MS, partCount, bigLoss };
}

function bar(id: string, label: string, timeClass: Stop['timeClass'], minutes: number, stopCount: number) {
  return { id, label, path: [], timeClass, lostMs: minutes * MINUTE_MS, stopCount };
}
