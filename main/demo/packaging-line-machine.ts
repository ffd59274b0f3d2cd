import { createRandom, nextBetween, nextRandom, nextWait, type RandomState } from './packaging-line-random.ts';
import type { DemoMachine, DemoMachineId } from './packaging-line-tags.ts';

/** PackML states (ISA-TR88.00.02) the demo machines pass through; told by name, never by number. */
type PackmlState =
  | 'Idle'
  | 'Starting'
  | 'Execute'
  | 'Holding'
  | 'Held'
  | 'Unholding'
  | 'Suspended'
  | 'Aborting'
  | 'Aborted'
  | 'Clearing'
  | 'Stopping'
  | 'Stopped'
  | 'Resetting';

interface Phase {
  state: PackmlState;
  durationMs: number;
}

/** One machine. All times are milliseconds of the line's own time. */
export interface LineMachine {
  readonly id: DemoMachineId;
  readonly idealCycleMs: number;
  readonly random: RandomState;
  state: PackmlState;
  stopReason: string;
  /** What follows when `phaseLeftMs` is over; empty = Execute. */
  following: Phase[];
  phaseLeftMs: number;
  processed: number;
  defective: number;
  /** Of the item in work. */
  progressMs: number;
  cycleMs: number;
  isStarved: boolean;
  isBlocked: boolean;
  /** Running time until the next short stop and the next failure. */
  shortStopInMs: number;
  failureInMs: number;
  temperature: number;
  pressure: number;
  slowFactor: number;
  slowUntilMs: number;
  /** Signals whose sensor is broken, with the time it heals. */
  badUntilMs: Partial<Record<'Temperature' | 'Pressure' | 'Speed', number>>;
}

const SHORT_STOP_EVERY_MS = 45_000;
const FAILURE_EVERY_MS = 600_000;
const DEFECT_RATIO = 0.012;

const SHORT_STOP_REASONS: Readonly<Record<DemoMachineId, readonly [string, string]>> = {
  Filler: ['Bottle fallen', 'Fill level sensor'],
  Capper: ['No caps in chute', 'Cap skewed'],
  Labeller: ['Label web torn', 'Label sensor dirty'],
  Palletiser: ['Layer shifted', 'No pallet'],
};
const FAILURE_REASONS: Readonly<Record<DemoMachineId, string>> = {
  Filler: 'Product pump fault',
  Capper: 'Torque drive fault',
  Labeller: 'Label drive fault',
  Palletiser: 'Robot fault',
};

/** A machine at rest that starts by itself within two seconds. */
export function createMachine(facts: DemoMachine, seed: number): LineMachine {
  const random = createRandom(seed, facts.id);
  return {
    id: facts.id,
    idealCycleMs: facts.idealCycleMs,
    random,
    state: 'Idle',
    stopReason: '',
    following: [{ state: 'Starting', durationMs: 1_000 }],
    phaseLeftMs: 500,
    processed: 0,
    defective: 0,
    progressMs: 0,
    cycleMs: facts.idealCycleMs,
    isStarved: false,
    isBlocked: false,
    shortStopInMs: nextWait(random, SHORT_STOP_EVERY_MS),
    failureInMs: nextWait(random, FAILURE_EVERY_MS),
    temperature: nextBetween(random, 38, 44),
    pressure: nextBetween(random, 5.6, 6.2),
    slowFactor: 1,
    slowUntilMs: 0,
    badUntilMs: {},
  };
}

function enter(machine: LineMachine, reason: string, phases: readonly Phase[]): void {
  const [first, ...following] = phases;
  machine.stopReason = reason;
  machine.state = first?.state ?? 'Execute';
  machine.phaseLeftMs = first?.durationMs ?? 0;
  machine.following = following;
}

/** A short stop: held by its own trouble, runs again after `durationMs`. */
export function holdMachine(machine: LineMachine, reason: string, durationMs: number): void {
  enter(machine, reason, [
    { state: 'Holding', durationMs: 200 },
    { state: 'Held', durationMs },
    { state: 'Unholding', durationMs: 300 },
  ]);
}

/** A failure: aborted until repaired, then the whole way up again. */
function abortMachine(machine: LineMachine, reason: string, durationMs: number): void {
  enter(machine, reason, [
    { state: 'Aborting', durationMs: 200 },
    { state: 'Aborted', durationMs },
    { state: 'Clearing', durationMs: 1_000 },
    { state: 'Stopped', durationMs: 500 },
    { state: 'Resetting', durationMs: 500 },
    { state: 'Idle', durationMs: 200 },
    { state: 'Starting', durationMs: 1_000 },
  ]);
}

/** A planned stop by the operator, such as a break. */
export function stopMachine(machine: LineMachine, reason: string, durationMs: number): void {
  enter(machine, reason, [
    { state: 'Stopping', durationMs: 300 },
    { state: 'Stopped', durationMs },
    { state: 'Resetting', durationMs: 500 },
    { state: 'Idle', durationMs: 200 },
    { state: 'Starting', durationMs: 1_000 },
  ]);
}

/** Advances the phases of a machine that stands by its own will; at the end of the last it runs. */
export function passPhases(machine: LineMachine, byMs: number): void {
  if (machine.state === 'Execute' || machine.state === 'Suspended') return;
  machine.phaseLeftMs -= byMs;
  while (machine.phaseLeftMs <= 0) {
    const next = machine.following.shift();
    if (next === undefined) {
      machine.state = 'Execute';
      machine.stopReason = '';
      return;
    }
    machine.state = next.state;
    machine.phaseLeftMs += next.durationMs;
  }
}

/** Lets trouble come by chance, only while running. */
export function tryTrouble(machine: LineMachine, byMs: number): void {
  machine.shortStopInMs -= byMs;
  machine.failureInMs -= byMs;
  if (machine.failureInMs <= 0) {
    machine.failureInMs = nextWait(machine.random, FAILURE_EVERY_MS);
    abortMachine(machine, FAILURE_REASONS[machine.id], nextBetween(machine.random, 30_000, 90_000));
  } else if (machine.shortStopInMs <= 0) {
    machine.shortStopInMs = nextWait(machine.random, SHORT_STOP_EVERY_MS);
    const reasons = SHORT_STOP_REASONS[machine.id];
    const reason = nextRandom(machine.random) < 0.6 ? reasons[0] : reasons[1];
    holdMachine(machine, reason, nextBetween(machine.random, 3_000, 15_000));
  }
}

/**
 * Works on the item in the machine. Returns what came out: an item for the next machine, a reject, or
 * nothing yet. The next cycle takes 0 to 8 % longer than the ideal one: that is the speed loss.
 */
export function workCycle(machine: LineMachine, byMs: number, nowMs: number): 'good' | 'reject' | null {
  machine.progressMs += byMs;
  if (machine.progressMs < machine.cycleMs) return null;
  machine.progressMs -= machine.cycleMs;
  const slowFactor = nowMs < machine.slowUntilMs ? machine.slowFactor : 1;
  machine.cycleMs = machine.idealCycleMs * nextBetween(machine.random, 1, 1.08) * slowFactor;
  machine.processed += 1;
  const isDefective = nextRandom(machine.random) < DEFECT_RATIO;
  if (isDefective) machine.defective += 1;
  return isDefective ? 'reject' : 'good';
}

/** A slow random walk back towards the middle, as a process value has it. */
export function driftProcessValues(machine: LineMachine): void {
  const isRunning = machine.state === 'Execute';
  const warmTo = isRunning ? 46 : 36;
  machine.temperature += (warmTo - machine.temperature) * 0.01 + nextBetween(machine.random, -0.15, 0.15);
  machine.pressure += (5.9 - machine.pressure) * 0.05 + nextBetween(machine.random, -0.03, 0.03);
}
