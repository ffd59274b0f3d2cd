import type { TimeClass } from './time-class.ts';

/**
 * What a PackML state is worth before stop lengths and plan are looked at. `by-flags` asks the machine's
 * starved and blocked flags; `by-reason` is a failure when the machine names a stop reason, else a stop
 * that nobody has explained yet.
 */
export type StateMeaning = TimeClass | 'by-flags' | 'by-reason';

/**
 * PackML states by name, unit mode Production (oee.md 2.7). By name and never by number: Held is 11 in
 * ISA-TR88 and 15 in OPC 30060. Names are compared without case, spaces and punctuation.
 *
 * There is no order signal, so inside a shift an order is taken as given: Idle and Complete are stops
 * nobody has explained, not `no-order`, which would take them out of the planned time.
 */
export const PACKML_CLASSES: Readonly<Record<string, StateMeaning>> = {
  execute: 'run',
  starting: 'unassigned',
  completing: 'unassigned',
  unholding: 'unassigned',
  unsuspending: 'unassigned',
  resetting: 'unassigned',
  idle: 'unassigned',
  complete: 'unassigned',
  completed: 'unassigned',
  holding: 'by-reason',
  held: 'by-reason',
  suspending: 'by-flags',
  suspended: 'by-flags',
  aborting: 'failure',
  aborted: 'failure',
  clearing: 'failure',
  stopping: 'unassigned',
  stopped: 'unassigned',
};

/** Meaning of a state name, or undefined when the table does not have it. */
export function stateMeaning(
  state: string,
  table: Readonly<Record<string, StateMeaning>> = PACKML_CLASSES,
): StateMeaning | undefined {
  const name = state.toLowerCase().replace(/[^a-z0-9]/g, '');
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
