import type { Payload } from '../payload.ts';
import type { Report } from './finding-log.ts';
import type { NodeState } from './node-state.ts';
import type { TrafficMessage, Verb } from './traffic.ts';

/** A message of an edge node, or a command to it, while it is looked at. */
export interface LookedAt {
  readonly message: TrafficMessage;
  readonly verb: Verb;
  readonly deviceId: string | null;
  readonly node: NodeState;
  readonly payload: Payload;
  readonly report: Report;
}

export const isBirth = (verb: Verb): boolean => verb === 'NBIRTH' || verb === 'DBIRTH';
export const isData = (verb: Verb): boolean => verb === 'NDATA' || verb === 'DDATA';
export const isCommand = (verb: Verb): boolean => verb === 'NCMD' || verb === 'DCMD';
