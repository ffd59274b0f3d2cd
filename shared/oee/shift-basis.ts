import { knownRatio } from './account-remarks.ts';
import { describeBasis } from './describe-basis.ts';
import { type MachineAccount, RULESET } from './machine-account.ts';
import type { WindowFigures } from './window-figures.ts';

export interface BasisHead {
  /** Which machines stand for a line, and the like. */
  readonly remarks: readonly string[];
  readonly computedAtMs: number;
  /** `14:07` in the time zone of the site. */
  readonly localTime: (atMs: number) => string;
}

/**
 * The line that every figure carries (oee.md 1.5): planned time, micro-stop limit, what happens to unknown time and to
 * a worked break, coverage, ruleset. Every policy that is not the default is named, for it moves the number.
 */
export function shiftBasis(account: MachineAccount, window: WindowFigures, head: BasisHead): string {
  const { rules } = account;
  const policies = [
    rules.changeoverTargetMs === null
      ? 'change-over = loss'
      : `change-over = loss, target ${rules.changeoverTargetMs / 1_000} s`,
    'P uncapped',
    ...(rules.unknownTime === 'hold-last' ? ['unknown time holds the last state'] : []),
    ...(rules.unknownTime === 'count-as-down' ? ['unknown time counts as down'] : []),
    ...(rules.workedBreak === 'plan-stands' ? ['run in breaks is not added to PPT'] : []),
    ...(rules.stateFrom === 'run-signal' ? ['state from a run signal'] : []),
    ...(rules.stateFrom === 'counts' ? [`state from counts, idle after ${rules.idleAfterMs / 1_000} s`] : []),
    ...(rules.partsPerCount === 1 ? [] : [`${rules.partsPerCount} parts per count`]),
    ...(window.isProportional ? ['long cycles shared out by time'] : []),
  ];
  return describeBasis({
    account: window.account,
    microStopMs: rules.microStopMs,
    coverageRatio: knownRatio(account),
    remarks: [...policies, ...head.remarks, `computed ${head.localTime(head.computedAtMs)}`, RULESET],
  });
}
