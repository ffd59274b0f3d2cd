import type { MachineEvidence, MachineRules, PlannedStretch } from './machine-account.ts';
import { plainName } from './packml-classes.ts';
import type { ShiftInstance } from './shift-calendar.ts';
import type { TimeRange } from './time-class.ts';
import { cutPieces, sortedTimes, type TimePiece } from './time-piece.ts';

type StretchKind = 'break' | 'maintenance' | 'maintenance-over' | 'no-demand' | 'setup-target';

interface Stretch extends TimeRange {
  readonly name: string;
  readonly kind: StretchKind;
}

/** The plan of a machine as stretches without overlap; a break goes before maintenance, that before the rest (L6). */
export interface MachinePlan {
  readonly shift: TimeRange;
  readonly stretches: readonly Stretch[];
}

const ORDER: readonly StretchKind[] = ['break', 'maintenance', 'maintenance-over', 'no-demand', 'setup-target'];

export function toPlan(
  shift: ShiftInstance,
  windows: readonly PlannedStretch[],
  pieces: readonly TimePiece[],
  evidence: MachineEvidence,
): MachinePlan {
  const all: Stretch[] = [
    ...shift.breaks.map((pause) => ({ ...pause, kind: 'break' as const })),
    ...windows.flatMap((window) => toStretches(window, pieces, evidence)),
  ];
  const edges = sortedTimes(all.flatMap(({ fromMs, toMs }) => [fromMs, toMs]));
  const stretches: Stretch[] = [];
  edges.forEach((fromMs, index) => {
    const toMs = edges[index + 1] ?? fromMs;
    const [first] = all
      .filter((stretch) => stretch.fromMs <= fromMs && toMs <= stretch.toMs)
      .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
    if (first !== undefined && fromMs < toMs) stretches.push({ ...first, fromMs, toMs });
  });
  return { shift, stretches };
}

function toStretches(window: PlannedStretch, pieces: readonly TimePiece[], evidence: MachineEvidence): Stretch[] {
  const kind = window.kind ?? 'maintenance';
  const { name, fromMs, toMs } = window;
  const overMs = kind === 'maintenance' ? maintenanceEnd(window, pieces, evidence) : null;
  if (overMs === null) return [{ name, fromMs, toMs, kind }];
  return [
    { name, fromMs, toMs: overMs, kind },
    { name, fromMs: overMs, toMs, kind: 'maintenance-over' },
  ];
}

/** L4: planned maintenance is over when the machine leaves the mode Maintenance, else when it runs first; null: not yet. */
function maintenanceEnd(
  { fromMs, toMs }: TimeRange,
  pieces: readonly TimePiece[],
  { modes }: MachineEvidence,
): number | null {
  let isInMaintenance = false;
  for (const { timeMs, value } of modes) {
    if (timeMs >= toMs) break;
    const isMaintenance = value !== null && plainName(value) === 'maintenance';
    if (isInMaintenance && !isMaintenance && timeMs > fromMs) return timeMs;
    isInMaintenance = isMaintenance;
  }
  if (isInMaintenance) return null;
  const run = pieces.find((piece) => piece.timeClass === 'run' && piece.toMs > fromMs && piece.fromMs < toMs);
  return run === undefined ? null : Math.max(run.fromMs, fromMs);
}

/**
 * Cuts the time at a range and lays the plan over it. In a planned window everything but run is `planned` (L1), also
 * what is not known, because nothing was to be known. A stop that outlasts it is a loss from its end on (L2). Run comes
 * back into the planned time or stays out of it (L3). After maintenance that was shorter than planned the rest comes back
 * while an order is active, else it is `no-order` (L4); where nothing tells of orders the plan stands.
 */
export function layPlan(
  pieces: readonly TimePiece[],
  { shift, stretches }: MachinePlan,
  range: TimeRange,
  rules: MachineRules,
  orderAt: (atMs: number) => boolean | null,
): TimePiece[] {
  const edges = stretches.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  const cuts = sortedTimes([...edges, shift.fromMs, shift.toMs, range.fromMs, range.toMs]);
  const found: TimePiece[] = [];
  let next = 0;
  let planned: Stretch | undefined;
  for (const piece of cutPieces(pieces, cuts)) {
    if (piece.fromMs < range.fromMs || piece.toMs > range.toMs) continue;
    while ((stretches[next]?.toMs ?? Number.POSITIVE_INFINITY) <= piece.fromMs) planned = stretches[next++];
    const stretch = stretches[next];
    const isOutside = piece.fromMs < shift.fromMs || piece.toMs > shift.toMs;
    if (isOutside) overlay(piece, 'not-scheduled', null);
    else if (stretch !== undefined && stretch.fromMs <= piece.fromMs) overlayStretch(piece, stretch, rules, orderAt);
    else if (planned?.toMs === piece.fromMs) nameLateRestart(piece, planned);
    found.push(piece);
  }
  return found;
}

function overlayStretch(
  piece: TimePiece,
  { kind, name }: Stretch,
  { workedBreak }: MachineRules,
  orderAt: (atMs: number) => boolean | null,
): void {
  if (piece.timeClass === 'run') {
    const isAdded = workedBreak === 'adds-to-planned' || kind === 'maintenance-over' || kind === 'setup-target';
    if (!isAdded) overlay(piece, 'planned', `${name}, worked`);
    return;
  }
  switch (kind) {
    case 'break':
    case 'maintenance':
      overlay(piece, 'planned', name);
      return;
    case 'maintenance-over': {
      const hasOrder = orderAt(piece.fromMs);
      if (hasOrder === null) overlay(piece, 'planned', name);
      else if (!hasOrder) overlay(piece, 'no-order', `${name} ended early`);
      return;
    }
    case 'no-demand':
      overlay(piece, 'no-order', name);
      return;
    case 'setup-target':
      if (piece.timeClass === 'setup') overlay(piece, 'planned', name);
      return;
  }
}

function overlay(piece: TimePiece, timeClass: 'planned' | 'no-order' | 'not-scheduled', cause: string | null): void {
  Object.assign(piece, {
    timeClass,
    cause,
    reasonId: null,
    reasonSource: 'plan',
    isAssumed: false,
    isOverTarget: false,
  });
}

/** L2: a machine that nobody explained and that still stands when the break is over was restarted late. */
function nameLateRestart(piece: TimePiece, { kind, name }: Stretch): void {
  if (kind !== 'break' && kind !== 'maintenance') return;
  if (piece.timeClass === 'unassigned' && piece.reasonSource === 'none') piece.cause = `Late restart after ${name}`;
}
