import type { MachineConfig } from '../../shared/config/equipment.ts';
import type { IdealCycle, MachineRules } from '../../shared/oee/machine-account.ts';
import { PACKML_CLASSES } from '../../shared/oee/packml-classes.ts';

const MINUTE_MS = 60_000;
/** Koch's usual limit, above which a stop needs a reason (oee.md 1.2). */
const REASON_STOP_MS = 5 * MINUTE_MS;
const COVERAGE_BADGE_RATIO = 0.95;

/** The rules of a machine as the site file says them; `metricNames` are those of its ledger. */
export function toMachineRules(config: MachineConfig, metricNames: MachineRules['metricNames']): MachineRules {
  const { idealCycleMs } = config;
  const microStopMs = config.microStopS * 1_000;
  const ideals: IdealCycle[] =
    idealCycleMs === undefined
      ? []
      : [{ productId: null, idealCycleMs, fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY }];
  return {
    microStopMs,
    reasonStopMs: Math.max(REASON_STOP_MS, microStopMs),
    // Samples come by exception: silence is no sign of absence, `Connection/Online` and deaths are.
    staleAfterMs: null,
    badQualityHoldMs: 0,
    unknownTime: 'exclude',
    workedBreak: 'adds-to-planned',
    stateFrom: metricNames.state !== undefined ? 'state' : metricNames.running !== undefined ? 'run-signal' : 'counts',
    idleAfterMs: Math.max(MINUTE_MS, 5 * (idealCycleMs ?? 0)),
    stateMap: PACKML_CLASSES,
    ideals,
    partsPerCount: 1,
    prorateGapMs: 15 * MINUTE_MS,
    changeoverTargetMs: null,
    coverageBadgeRatio: COVERAGE_BADGE_RATIO,
    metricNames,
  };
}
