/** What the lint remembers of a metric since its birth. */
export interface KnownMetric {
  readonly name: string;
  /** Code of the birth; undefined when the birth had none. */
  readonly datatype: number | undefined;
  readonly alias: number | bigint | undefined;
  /** Short print of the last live value with its properties; undefined when unknown. */
  lastPrint: string | undefined;
  lastTimestampMs: number | undefined;
}

/** The node itself (device id null) or a device, since its last birth. */
interface Scope {
  phase: 'born' | 'dead';
  readonly metrics: ReadonlyMap<string, KnownMetric>;
}

export interface TemplateDefinition {
  readonly members: ReadonlySet<string>;
  readonly parameters: ReadonlySet<string>;
}

/** One edge node as far as its traffic was seen. Everything unknown allows everything. */
export interface NodeState {
  /** `unseen`: joined in the middle, no NBIRTH yet; only rules that need no history apply. */
  session: 'unseen' | 'alive' | 'ended';
  /** Of the last NBIRTH. */
  bdSeq: number | undefined;
  /** Of the NBIRTHs before that with another one, newest first. */
  earlierBdSeqs: readonly number[];
  /** Sessions whose NDEATH was seen; the newest few. */
  endedBdSeqs: readonly number[];
  /** An NBIRTH of a new session came while the one before had no NDEATH: it may be late. */
  owedDeath: { readonly bdSeq: number; readonly sinceMs: number } | undefined;
  nextSeq: number | undefined;
  /** What the stream that the last gap left would send next; two publishers jump to and fro between two. */
  otherNextSeq: number | undefined;
  seqSwitchCount: number;
  /** The oldest request for a rebirth that no NBIRTH has followed. */
  rebirthAskedAtMs: number | undefined;
  /** Requests that were followed by NDEATH and a new session. */
  rebirthReconnectCount: number;
  /** Devices that were alive before a rebirth and whose DBIRTH is still to come. */
  pendingDevices: Set<string>;
  pendingSinceMs: number;
  isPendingTold: boolean;
  readonly scopes: Map<string | null, Scope>;
  readonly aliases: Map<number | bigint, { readonly deviceId: string | null; readonly name: string }>;
  readonly templates: Map<string, TemplateDefinition>;
  /** Messages that could only be looked at for themselves, since their birth was not seen. */
  unseenBirthCount: number;
}

export const createNodeState = (): NodeState => ({
  session: 'unseen',
  bdSeq: undefined,
  earlierBdSeqs: [],
  endedBdSeqs: [],
  owedDeath: undefined,
  nextSeq: undefined,
  otherNextSeq: undefined,
  seqSwitchCount: 0,
  rebirthAskedAtMs: undefined,
  rebirthReconnectCount: 0,
  pendingDevices: new Set(),
  pendingSinceMs: 0,
  isPendingTold: false,
  scopes: new Map(),
  aliases: new Map(),
  templates: new Map(),
  unseenBirthCount: 0,
});

/** The metrics of a scope are known no longer; its aliases neither. */
export function forgetScope(node: NodeState, deviceId: string | null): void {
  for (const { alias } of node.scopes.get(deviceId)?.metrics.values() ?? []) {
    if (alias !== undefined && node.aliases.get(alias)?.deviceId === deviceId) node.aliases.delete(alias);
  }
  node.scopes.delete(deviceId);
}

/** A session has begun or ended: nothing of its births holds any more. */
export function forgetBirths(node: NodeState): void {
  node.scopes.clear();
  node.aliases.clear();
  node.templates.clear();
  node.pendingDevices.clear();
}

/** Units of memory of a node, about a hundred bytes each. */
export function sizeOf(node: NodeState): number {
  let units = 10 + node.scopes.size + node.pendingDevices.size;
  for (const { metrics } of node.scopes.values()) {
    for (const { name } of metrics.values()) units += 2 + (name.length >>> 6);
  }
  for (const [name, { members, parameters }] of node.templates) {
    units += 1 + (name.length >>> 6) + members.size + parameters.size;
  }
  return units;
}
