import type { MachineConfig, TagConfig } from '../config/equipment.ts';
import type { SiteConfig } from '../config/site.ts';
import type { CounterRule } from './counter-deltas.ts';
import type { EvidenceRole, IdealCycle, MachineRules } from './machine-account.ts';
import { PACKML_CLASSES, plainName } from './packml-classes.ts';

/** Historised by the edge node for each device: whether it observed the machine. */
export const ONLINE_METRIC = 'Connection/Online';

const REASON_STOP_S = 300;
/** T3: shortest time a value of bad quality is held over, and in how many sampling intervals a good one would come. */
const HOLD_MS = 60_000;
const HOLD_SAMPLES = 3;
/** A drop of a counter up to this many counts is an operator's correction, not a restart (C3). */
const CORRECTION_LIMIT = 10;
/** Registers of a PLC roll over at their width; a 64-bit one never does. */
const MODULUS: Partial<Record<TagConfig['datatype'], number>> = {
  Int8: 2 ** 8,
  UInt8: 2 ** 8,
  Int16: 2 ** 16,
  UInt16: 2 ** 16,
  Int32: 2 ** 32,
  UInt32: 2 ** 32,
};

/**
 * The rules of a machine as the site file has them. Silence (T4) is watched only where the file says how long is too
 * long: values are sent on change, so a healthy machine may say nothing for hours, and a dead one is told by its session
 * (T2) and by `Connection/Online`. Bad quality (T3) needs no such choice: it is held over for three samples, at least
 * 60 s.
 */
export function toMachineRules(
  machine: MachineConfig,
  { oee, samplingClasses }: Pick<SiteConfig, 'oee' | 'samplingClasses'>,
): MachineRules {
  const source = machine.tags.find(({ role }) => role === (machine.stateFrom === 'run-signal' ? 'running' : 'state'));
  const samplingMs = samplingClasses[source?.sampling ?? 'normal']?.samplingIntervalMs ?? 0;
  const staleAfterMs = machine.staleAfterS === undefined ? null : machine.staleAfterS * 1_000;
  return {
    microStopMs: machine.microStopS * 1_000,
    reasonStopMs: Math.max(machine.reasonStopS ?? REASON_STOP_S, machine.microStopS) * 1_000,
    staleAfterMs,
    badQualityHoldMs: staleAfterMs ?? Math.max(HOLD_MS, HOLD_SAMPLES * samplingMs),
    unknownTime: machine.unknownTime,
    workedBreak: machine.workedBreak,
    stateFrom: machine.stateFrom,
    idleAfterMs: machine.idleAfterS * 1_000,
    stateMap: {
      ...PACKML_CLASSES,
      ...Object.fromEntries(Object.entries(machine.stateMap).map(([name, meaning]) => [plainName(name), meaning])),
    },
    ideals: toIdeals(machine),
    partsPerCount: machine.partsPerCount,
    prorateGapMs: machine.prorateGapS * 1_000,
    changeoverTargetMs: machine.changeoverTargetS === undefined ? null : machine.changeoverTargetS * 1_000,
    coverageBadgeRatio: oee.coverageBadgePercent / 100,
    metricNames: toMetricNames(machine.tags),
  };
}

/** Sorted by start: of two that hold, the one that began last counts (D7). */
function toIdeals({ idealCycleMs, idealCycles, products }: MachineConfig): IdealCycle[] {
  const always = Number.NEGATIVE_INFINITY;
  const toMs = Number.POSITIVE_INFINITY;
  const ideals: IdealCycle[] = products.map(({ id, idealCycleMs: ofProduct, partsPerCount, from }) => ({
    productId: id,
    idealCycleMs: ofProduct,
    fromMs: from === undefined ? always : Date.parse(from),
    toMs,
    ...(partsPerCount === undefined ? {} : { partsPerCount }),
  }));
  for (const { from, ms, product } of idealCycles) {
    const partsPerCount = products.find(({ id }) => id === product)?.partsPerCount;
    ideals.push({
      productId: product ?? null,
      idealCycleMs: ms,
      fromMs: Date.parse(from),
      toMs,
      ...(partsPerCount === undefined ? {} : { partsPerCount }),
    });
  }
  if (idealCycleMs !== undefined) ideals.push({ productId: null, idealCycleMs, fromMs: always, toMs });
  return ideals.sort((a, b) => (a.fromMs === b.fromMs ? 0 : a.fromMs - b.fromMs));
}

/** The first tag of a role is the one that counts. */
function toMetricNames(tags: readonly TagConfig[]): MachineRules['metricNames'] {
  const names: Partial<Record<EvidenceRole, string>> = { online: ONLINE_METRIC };
  for (const { role, metric } of tags) {
    if (role !== 'value') names[role] ??= metric;
  }
  return names;
}

/** How a counter of a machine is read; a rollover is believed only where something says what is possible (C1). */
export function counterRuleOf(
  tag: TagConfig,
  machine: Pick<MachineConfig, 'idealCycleMs' | 'partsPerCount'>,
): CounterRule {
  const { modulus = MODULUS[tag.datatype], correctionLimit = CORRECTION_LIMIT, maxRatePerS } = tag.counter ?? {};
  const { idealCycleMs, partsPerCount } = machine;
  const fromIdeal = idealCycleMs === undefined ? undefined : 1 / (idealCycleMs * partsPerCount);
  const maxRatePerMs = maxRatePerS === undefined ? fromIdeal : maxRatePerS / 1_000;
  const isGuarded = maxRatePerMs !== undefined || tag.counter?.modulus !== undefined;
  return {
    correctionLimit,
    ...(modulus === undefined || !isGuarded ? {} : { modulus }),
    ...(maxRatePerMs === undefined ? {} : { maxRatePerMs }),
  };
}
