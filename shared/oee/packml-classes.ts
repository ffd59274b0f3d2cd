import type { TimeClass } from './time-class.ts';

/**
 * What a PackML state is worth before stop lengths and plan are looked at. `by-flags` asks the machine's
 * starved and blocked flags; `by-reason` is a failure when the machine names a stop reason, else a stop
 * that nobody has explained yet; `by-order` is no loss without an order, where there is a signal for orders.
 */
export type StateMeaning = TimeClass | 'by-flags' | 'by-reason' | 'by-order';

/**
 * PackML states by name, unit mode Production (oee.md 2.7). By name and never by number: Held is 11 in
 * ISA-TR88 and 15 in OPC 30060. Names are compared without case, spaces and punctuation.
 *
 * Without an order signal an order is taken as given inside a shift: Idle and Complete are then stops nobody
 * has explained, not `no-order`, which would take them out of the planned time.
 */
export const PACKML_CLASSES: Readonly<Record<string, StateMeaning>> = {
  execute: 'run',
  starting: 'unassigned',
  completing: 'unassigned',
  unholding: 'unassigned',
  unsuspending: 'unassigned',
  resetting: 'unassigned',
  idle: 'by-order',
  complete: 'by-order',
  completed: 'by-order',
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
  const name = plainName(state);
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** What a unit mode makes of every state in it (oee.md 2.7, 2.8); null leaves it to the state. */
const MODE_CLASSES: Readonly<Record<string, TimeClass>> = {
  maintenance: 'failure',
  manual: 'setup',
  setup: 'setup',
};

/** The class of all time in a unit mode, or null when the state decides, as in Production. */
export const modeClass = (mode: string): TimeClass | null => MODE_CLASSES[plainName(mode)] ?? null;

/** Names are compared without case, spaces and punctuation. */
export const plainName = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
