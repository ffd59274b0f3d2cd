import type { LineFault } from './demo-faults.ts';
import {
  createMachine,
  driftProcessValues,
  holdMachine,
  type LineMachine,
  passPhases,
  stopMachine,
  tryTrouble,
  workCycle,
} from './packaging-line-machine.ts';
import { DEMO_MACHINES, type DemoMachineId, type DemoSignal, demoTagName } from './packaging-line-tags.ts';

export interface LineOptions {
  /** Same seed, same history. */
  readonly seed: number;
  readonly startMs: number;
  /** Seconds of the line per second of the clock; ideal cycles shrink by it. Default 1. */
  readonly speedFactor?: number;
  /** Line time that has already passed when the line is first looked at. Default 0. */
  readonly warmUpMs?: number;
  /** Breaks of the whole line, in line time. Default one minute every 20 minutes; null = none. */
  readonly breaks?: { readonly everyMs: number; readonly durationMs: number } | null;
}

/** Everything the line is at one moment: plain data. `nowMs` is clock time, `elapsedMs` line time. */
export interface PackagingLine {
  readonly startMs: number;
  readonly speedFactor: number;
  readonly tickMs: number;
  readonly breaks: { readonly everyMs: number; readonly durationMs: number } | null;
  elapsedMs: number;
  /** Items between machine n and n + 1. */
  readonly buffers: number[];
  readonly machines: LineMachine[];
  /** Faults that begin with the next tick, so that what they change is seen as a change. */
  readonly faults: LineFault[];
}

type LineValue = string | number | boolean;

/** A value of the line that changed; `isBad` = its sensor is broken. */
export interface LineChange {
  /** Node name without namespace, e.g. `Filler.State`. */
  readonly name: string;
  readonly value: LineValue;
  readonly isBad: boolean;
  readonly timestampMs: number;
}

const TICK_MS = 50;
const PROCESS_EVERY_MS = 1_000;
const BUFFER_CAPACITY = 30;
const BUFFER_START = 12;
/** A blocked machine waits for room, a starved one for stock: else both would flap with each item. */
const RESUME_BLOCKED_AT = 18;
const RESUME_STARVED_AT = 12;

/** A line at rest, its buffers half full, that starts by itself. */
export function createLine(options: LineOptions): PackagingLine {
  const speedFactor = options.speedFactor ?? 1;
  const line: PackagingLine = {
    startMs: options.startMs,
    speedFactor,
    // At least 1 ms of clock time per tick: two changes of one tag never share a timestamp.
    tickMs: Math.max(TICK_MS, Math.ceil(speedFactor)),
    breaks: options.breaks === undefined ? { everyMs: 1_200_000, durationMs: 60_000 } : options.breaks,
    elapsedMs: 0,
    buffers: DEMO_MACHINES.slice(1).map(() => BUFFER_START),
    machines: DEMO_MACHINES.map((facts) => createMachine(facts, options.seed)),
    faults: [],
  };
  const warmUpMs = options.warmUpMs ?? 0;
  if (warmUpMs === 0) return line;
  while (line.elapsedMs < warmUpMs) tick(line);
  return { ...line, startMs: options.startMs - line.elapsedMs / speedFactor };
}

/**
 * The line at `nowMs` (clock time) and what changed on the way, in order of time. Pure: `line` stays as it
 * was. A clock that went back changes nothing.
 */
export function stepLine(line: PackagingLine, nowMs: number): { line: PackagingLine; changes: LineChange[] } {
  const untilMs = (nowMs - line.startMs) * line.speedFactor;
  if (line.elapsedMs + line.tickMs > untilMs) return { line, changes: [] };
  const next = structuredClone(line);
  const changes: LineChange[] = [];
  let before = readLine(next);
  while (next.elapsedMs + next.tickMs <= untilMs) {
    tick(next);
    const after = readLine(next);
    after.forEach((change, index) => {
      const old = before[index];
      if (old === undefined || old.value !== change.value || old.isBad !== change.isBad) changes.push(change);
    });
    before = after;
  }
  return { line: next, changes };
}

/** Every value of the line as it is, always in the same order. */
export function readLine(line: PackagingLine): LineChange[] {
  const timestampMs = Math.round(line.startMs + line.elapsedMs / line.speedFactor);
  return line.machines.flatMap((machine) => {
    const speed = machine.state === 'Execute' ? (60_000 * line.speedFactor) / machine.cycleMs : 0;
    const values: readonly (readonly [DemoSignal, LineValue])[] = [
      ['State', machine.state],
      ['UnitMode', 'Production'],
      ['StopReason', machine.stopReason],
      ['Starved', machine.isStarved],
      ['Blocked', machine.isBlocked],
      ['Speed', Math.round(speed * 10) / 10],
      ['DesignSpeed', Math.round((600_000 * line.speedFactor) / machine.idealCycleMs) / 10],
      ['Processed', machine.processed],
      ['Defective', machine.defective],
      ['Temperature', Math.round(machine.temperature * 100) / 100],
      ['Pressure', Math.round(machine.pressure * 1000) / 1000],
    ];
    return values.map(([signal, value]) => ({
      name: demoTagName(machine.id, signal),
      value,
      isBad: isBroken(machine, signal, line.elapsedMs),
      timestampMs,
    }));
  });
}

/** The line with a fault that begins at its next tick. Durations are line time. */
export const applyFault = (line: PackagingLine, fault: LineFault): PackagingLine => ({
  ...line,
  faults: [...line.faults, fault],
});

function beginFault(line: PackagingLine, fault: LineFault): void {
  const machine = findMachine(line, fault.machine);
  const durationMs = fault.durationS * 1_000;
  if (fault.kind === 'jam') {
    holdMachine(machine, 'Jam', durationMs);
  } else if (fault.kind === 'slow-cycle') {
    machine.slowFactor = fault.factor;
    machine.slowUntilMs = line.elapsedMs + durationMs;
  } else {
    machine.badUntilMs[fault.signal] = line.elapsedMs + durationMs;
  }
}

function findMachine(line: PackagingLine, id: DemoMachineId): LineMachine {
  const machine = line.machines.find((candidate) => candidate.id === id);
  if (machine === undefined) throw new RangeError(`the demo line has no machine ${id}`);
  return machine;
}

function isBroken(machine: LineMachine, signal: DemoSignal, elapsedMs: number): boolean {
  if (signal !== 'Temperature' && signal !== 'Pressure' && signal !== 'Speed') return false;
  const untilMs = machine.badUntilMs[signal];
  return untilMs !== undefined && elapsedMs < untilMs;
}

const isEvery = (line: PackagingLine, periodMs: number): boolean =>
  Math.floor(line.elapsedMs / periodMs) !== Math.floor((line.elapsedMs - line.tickMs) / periodMs);

/** One step of all machines, the last first: it makes room for those before it. */
function tick(line: PackagingLine): void {
  for (const fault of line.faults.splice(0)) beginFault(line, fault);
  line.elapsedMs += line.tickMs;
  const isBreak = line.breaks !== null && isEvery(line, line.breaks.everyMs);
  for (let index = line.machines.length - 1; index >= 0; index--) {
    const machine = line.machines[index];
    if (machine === undefined) continue;
    passPhases(machine, line.tickMs);
    if (isBreak && line.breaks !== null) stopMachine(machine, 'Break', line.breaks.durationMs);
    followNeighbours(line, machine, index);
    if (machine.state === 'Execute') runMachine(line, machine, index);
    if (isEvery(line, PROCESS_EVERY_MS)) driftProcessValues(machine);
  }
}

/** Starved and blocked follow from the buffers on both sides; only a machine that could run is suspended. */
function followNeighbours(line: PackagingLine, machine: LineMachine, index: number): void {
  const before = index === 0 ? Infinity : (line.buffers[index - 1] ?? 0);
  const after = index === line.machines.length - 1 ? -Infinity : (line.buffers[index] ?? 0);
  machine.isStarved = machine.isStarved ? before < RESUME_STARVED_AT : before < 1;
  machine.isBlocked = machine.isBlocked ? after > RESUME_BLOCKED_AT : after >= BUFFER_CAPACITY;
  const isWaiting = machine.isStarved || machine.isBlocked;
  if (machine.state === 'Execute' && isWaiting) {
    machine.state = 'Suspended';
    machine.stopReason = machine.isBlocked ? 'Blocked' : 'Starved';
  } else if (machine.state === 'Suspended' && !isWaiting) {
    machine.state = 'Execute';
    machine.stopReason = '';
  }
}

function runMachine(line: PackagingLine, machine: LineMachine, index: number): void {
  const outcome = workCycle(machine, line.tickMs, line.elapsedMs);
  if (outcome !== null) {
    if (index > 0) line.buffers[index - 1] = (line.buffers[index - 1] ?? 1) - 1;
    if (outcome === 'good' && index < line.buffers.length) line.buffers[index] = (line.buffers[index] ?? 0) + 1;
  }
  tryTrouble(machine, line.tickMs);
}
