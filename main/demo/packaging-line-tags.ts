import type { TagConfig } from '../../shared/config/equipment.ts';
import type { Datatype } from '../../shared/domain/metric.ts';

/** Namespace of every node of the demo line; its index on the server may change, the URI does not. */
export const DEMO_NAMESPACE_URI = 'urn:lineside:demo-line';

/** Node that takes a fault as JSON text, see `demo-faults.ts`. */
export const DEMO_COMMAND_NODE = `nsu=${DEMO_NAMESPACE_URI};s=Demo.Command`;

export type DemoMachineId = 'Filler' | 'Capper' | 'Labeller' | 'Palletiser';

export interface DemoMachine {
  readonly id: DemoMachineId;
  /** Planned run time per item at speed factor 1. */
  readonly idealCycleMs: number;
  readonly isBottleneck: boolean;
}

/** The machines in the order in which a bottle passes them. */
export const DEMO_MACHINES: readonly DemoMachine[] = [
  { id: 'Filler', idealCycleMs: 500, isBottleneck: false },
  { id: 'Capper', idealCycleMs: 500, isBottleneck: false },
  { id: 'Labeller', idealCycleMs: 600, isBottleneck: true },
  { id: 'Palletiser', idealCycleMs: 500, isBottleneck: false },
];

/** Last part of a node name, `Filler.<signal>`. */
export type DemoSignal =
  | 'State'
  | 'UnitMode'
  | 'StopReason'
  | 'Starved'
  | 'Blocked'
  | 'Speed'
  | 'DesignSpeed'
  | 'Processed'
  | 'Defective'
  | 'Temperature'
  | 'Pressure';

/** `event` = report every change, never slowed; `normal` = sampled. Names of sampling classes in the site file. */
type DemoSampling = 'event' | 'normal';

interface DemoSignalFacts {
  readonly signal: DemoSignal;
  readonly metric: string;
  readonly datatype: Datatype;
  readonly role: TagConfig['role'];
  readonly sampling: DemoSampling;
  readonly unit?: string;
}

const SIGNALS: readonly DemoSignalFacts[] = [
  { signal: 'State', metric: 'Status/State', datatype: 'String', role: 'state', sampling: 'event' },
  { signal: 'UnitMode', metric: 'Status/UnitMode', datatype: 'String', role: 'value', sampling: 'event' },
  { signal: 'StopReason', metric: 'Status/StopReason', datatype: 'String', role: 'stop-reason', sampling: 'event' },
  { signal: 'Starved', metric: 'Status/Starved', datatype: 'Boolean', role: 'starved', sampling: 'event' },
  { signal: 'Blocked', metric: 'Status/Blocked', datatype: 'Boolean', role: 'blocked', sampling: 'event' },
  {
    signal: 'Speed',
    metric: 'Status/Speed',
    datatype: 'Double',
    role: 'speed',
    sampling: 'normal',
    unit: 'items/min',
  },
  {
    signal: 'DesignSpeed',
    metric: 'Status/DesignSpeed',
    datatype: 'Double',
    role: 'value',
    sampling: 'normal',
    unit: 'items/min',
  },
  { signal: 'Processed', metric: 'Counts/Processed', datatype: 'UInt32', role: 'total', sampling: 'event' },
  { signal: 'Defective', metric: 'Counts/Defective', datatype: 'UInt32', role: 'reject', sampling: 'event' },
  {
    signal: 'Temperature',
    metric: 'Process/Temperature',
    datatype: 'Double',
    role: 'value',
    sampling: 'normal',
    unit: '°C',
  },
  {
    signal: 'Pressure',
    metric: 'Process/Pressure',
    datatype: 'Double',
    role: 'value',
    sampling: 'normal',
    unit: 'bar',
  },
];

/** A tag of the demo line: a `TagConfig` that also says which signal of which machine it is. */
export interface DemoTag extends TagConfig {
  readonly machine: DemoMachineId;
  readonly signal: DemoSignal;
  readonly sampling: DemoSampling;
}

/** Name of a node without its namespace, e.g. `Filler.State`. */
export const demoTagName = (machine: DemoMachineId, signal: DemoSignal): string => `${machine}.${signal}`;

/** The palletiser counts in Int64, as PackML controllers of one vendor do, so that both kinds are on the road. */
function datatypeOf(machine: DemoMachineId, facts: DemoSignalFacts): Datatype {
  return machine === 'Palletiser' && facts.datatype === 'UInt32' ? 'Int64' : facts.datatype;
}

/** All tags of one machine. */
export function machineTags(machine: DemoMachineId): DemoTag[] {
  return SIGNALS.map((facts) => ({
    machine,
    signal: facts.signal,
    node: `nsu=${DEMO_NAMESPACE_URI};s=${demoTagName(machine, facts.signal)}`,
    metric: facts.metric,
    datatype: datatypeOf(machine, facts),
    role: facts.role,
    sampling: facts.sampling,
    ...(facts.unit === undefined ? {} : { unit: facts.unit }),
  }));
}

/** All tags of all machines. */
export const demoTags = (): DemoTag[] => DEMO_MACHINES.flatMap((machine) => machineTags(machine.id));

/** Name of load tag `index` (0 = first), e.g. `Load.0001`. */
export const loadTagName = (index: number): string => `Load.${String(index + 1).padStart(4, '0')}`;

/**
 * Tags of the load generator: each counts 1, 2, 3 …, so that a value that is missing anywhere down the road
 * can be named.
 */
export function loadTags(count: number): TagConfig[] {
  return Array.from({ length: count }, (_unused, index) => ({
    node: `nsu=${DEMO_NAMESPACE_URI};s=${loadTagName(index)}`,
    metric: `Load/${String(index + 1).padStart(4, '0')}`,
    datatype: 'UInt32',
    role: 'value',
    sampling: 'event',
  }));
}
