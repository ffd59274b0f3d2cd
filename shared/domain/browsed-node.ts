import type { Datatype } from './metric.ts';

/** Why the value of a variable cannot be a metric of one Sparkplug datatype. */
export type UnfitReason = 'is an array' | 'is a structure' | 'has no datatype in Sparkplug' | 'has an unknown datatype';

/** What a server tells of a variable. `null` = the server does not tell it. */
export interface BrowsedVariable {
  /** Node id of the DataType, with its namespace URI. */
  readonly dataTypeNode: string | null;
  /** Name of the DataType as the server writes it, such as `Double` or `MotorState`. */
  readonly dataTypeName: string | null;
  /** The built-in type the DataType comes down to (OPC 10000-6, 5.1.2). */
  readonly builtInType: string | null;
  /** The Sparkplug datatype of the value; `null` when it has none, then `unfit` says why. */
  readonly datatype: Datatype | null;
  readonly unfit: UnfitReason | null;
  /** -1 scalar, 1 or more: that many dimensions, 0 one or more, -2 any, -3 scalar or one (OPC 10000-3, 5.6.2). */
  readonly valueRank: number | null;
  /** Length of each dimension, 0 = not fixed. Only of arrays. */
  readonly arrayDimensions: readonly number[] | null;
  /** What the login that browses may do with the value. */
  readonly isReadable: boolean | null;
  readonly isWritable: boolean | null;
  /** Lowest and highest value in normal operation (EURange, OPC 10000-8, 5.3.2). */
  readonly euRange: { readonly low: number; readonly high: number } | null;
  /** Sign of the unit as shown to people, such as `°C`. */
  readonly units: string | null;
}

/** One node of the address space of an OPC UA server. */
export interface BrowsedNode {
  /** Node id with its namespace URI, as a site file writes it: `nsu=<uri>;s=<name>`. */
  readonly node: string;
  /** Names from the root of the browse down to this node, `/` between; reserved signs behind `&` (OPC 10000-4, A.2). */
  readonly path: string;
  readonly browseName: string;
  readonly displayName: string;
  readonly nodeClass: string;
  /** 0 = the root of the browse. */
  readonly depth: number;
  /** It describes its parent (HasProperty) and has nothing below. */
  readonly isProperty: boolean;
  /** Only of nodes of class Variable. */
  readonly variable: BrowsedVariable | null;
}

/** A node that could not be browsed or read in full. The others are not concerned. */
export interface BrowseFault {
  readonly node: string;
  readonly path: string;
  readonly code: `opcua/${string}`;
  /** One sentence: what was refused and why. */
  readonly text: string;
}

export interface BrowseBatch {
  readonly nodes: readonly BrowsedNode[];
  readonly faults: readonly BrowseFault[];
  readonly progress: BrowseProgress;
}

export interface BrowseProgress {
  /** Nodes told so far. */
  readonly nodeCount: number;
  readonly faultCount: number;
  /** Nodes found and not yet looked into; more may be found below them. */
  readonly waitingCount: number;
  readonly phase: 'browsing' | 'complete' | 'cut-short';
}
