import { accountMachine } from './account-machine.ts';
import { type CounterReading, type CounterRule, toCounterEvidence } from './counter-deltas.ts';
import type { AccountInput, MachineAccount, MachineEvidence, MachineRules } from './machine-account.ts';
import { PACKML_CLASSES } from './packml-classes.ts';
import { type ShiftViewHead, toEquipmentShift } from './shift-view.ts';
import type { Reading } from './state-intervals.ts';

export const S = 1_000;
export const MIN = 60 * S;
export const HOUR = 60 * MIN;

const ALWAYS = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

export const RULES: MachineRules = {
  microStopMs: 60 * S,
  reasonStopMs: 300 * S,
  staleAfterMs: null,
  badQualityHoldMs: 60 * S,
  unknownTime: 'exclude',
  workedBreak: 'adds-to-planned',
  stateFrom: 'state',
  idleAfterMs: 60 * S,
  stateMap: PACKML_CLASSES,
  ideals: [{ ...ALWAYS, productId: null, idealCycleMs: 6 * S }],
  partsPerCount: 1,
  prorateGapMs: 300 * S,
  changeoverTargetMs: null,
  coverageBadgeRatio: 0.95,
  metricNames: { state: 'State', total: 'Total', good: 'Good', reject: 'Reject', 'stop-reason': 'StopReason' },
};

export const ideal = (idealCycleMs: number, productId: string | null = null) => ({
  ...ALWAYS,
  productId,
  idealCycleMs,
});

/** Readings from times (minutes) and values. */
export const at = <V>(...pairs: readonly (readonly [number, V | null])[]): Reading<V>[] =>
  pairs.map(([minute, value]) => ({ timeMs: minute * MIN, value }));

export const counter = (pairs: readonly (readonly [number, number])[], rule: CounterRule = {}) =>
  toCounterEvidence(
    pairs.map(([minute, value]): CounterReading => ({ timeMs: minute * MIN, value })),
    rule,
  );

/** One count every `everyS` seconds between two minutes, beginning at 0. */
export const steady = (fromMin: number, toMin: number, everyS: number) => {
  const pairs: [number, number][] = [];
  for (let step = 0; fromMin + (step * everyS) / 60 <= toMin; step += 1)
    pairs.push([fromMin + (step * everyS) / 60, step]);
  return pairs;
};

export const NOTHING: MachineEvidence = {
  states: [],
  modes: [],
  running: [],
  stopReasons: [],
  starved: [],
  blocked: [],
  online: [],
  products: [],
  orders: [],
  total: null,
  good: null,
  reject: null,
  rework: null,
  heardMs: [],
  deadSinceMs: null,
};

export interface Case {
  readonly rules?: Partial<MachineRules>;
  readonly evidence: Partial<MachineEvidence>;
  /** Minutes the shift and the range last; 60 where absent. */
  readonly minutes?: number;
  readonly breaks?: readonly (readonly [number, number])[];
  readonly change?: Partial<AccountInput>;
}

/** A shift from minute 0 on. */
export function toInput({ rules, evidence, minutes = 60, breaks = [], change = {} }: Case): AccountInput {
  const range = { fromMs: 0, toMs: minutes * MIN };
  return {
    rules: { ...RULES, ...rules },
    evidence: { ...NOTHING, ...evidence },
    shift: {
      ...range,
      name: 'Early',
      localDate: '1970-01-01',
      breaks: breaks.map(([from, to]) => ({ name: 'Break', fromMs: from * MIN, toMs: to * MIN })),
    },
    plannedWindows: [],
    assignments: [],
    cuts: [],
    range,
    ...change,
  };
}

export const account = (one: Case): MachineAccount => accountMachine(toInput(one));

/** Minutes by class, without those that are zero. */
export const minutesOf = ({ account: times }: Pick<MachineAccount, 'account'>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(times)
      .filter(([, ms]) => ms !== 0)
      .map(([name, ms]) => [name, ms / MIN]),
  );

export const HEAD: ShiftViewHead = {
  equipmentId: 'Filler',
  machineId: 'plant/edge/Filler',
  name: 'Filler',
  kind: 'machine',
  timeZone: 'UTC',
  takenAtMs: 0,
  targetRatio: 0.8,
  reasonOf: () => null,
  cuts: [],
  basis: [],
  shift: {
    name: 'Early',
    productionDay: '1970-01-01',
    fromMs: 0,
    toMs: 60 * MIN,
    breaks: [],
    phase: 'running',
    revision: 0,
    revisedAtMs: null,
    revisedBecause: null,
    signature: null,
  },
};

export const shiftOf = (found: MachineAccount) => toEquipmentShift(found, HEAD);

/** A KPI's exact fraction, or its cause. */
export function figure(found: MachineAccount, id: string): string | null {
  const shift = shiftOf(found);
  const kpi = [...shift.kpis, ...shift.isoKpis].find((one) => one.id === id);
  if (kpi === undefined) throw new Error(`there is no ${id}`);
  return kpi.exact ?? kpi.cause;
}
