import type { OfflineCause } from './host-node.ts';

/**
 * One edge node over all brokers of a host. An edge node is on one server at a time
 * (tck-id-operational-behavior-primary-application-state-with-multiple-servers-single-server) and counts its bdSeq
 * over all of them, so a birth with another bdSeq on another broker ends what was known of it elsewhere: the late
 * death there means nothing. With the same bdSeq it is the same session, heard twice over brokers that share their
 * messages: it lives for as long as one of them carries it. Decides, never acts.
 */
export interface MergedNode {
  /** Sessions that live on a broker, by its index. */
  readonly sessions: ReadonlyMap<number, BrokerSession>;
  /** Broker of the last birth; the node's own facts are those of this broker. */
  readonly home: number | undefined;
  /** Devices told as online. */
  readonly devices: ReadonlySet<string>;
}

interface BrokerSession {
  readonly bdSeq: number | null;
  readonly devices: ReadonlySet<string>;
  /** A later birth came on another broker. */
  readonly isOver: boolean;
  /** When it came, on our clock. */
  readonly overAtMs?: number;
}

/** Longer than any message is on its way. */
const STRAY_AFTER_MS = 10_000;

/**
 * Live data of a session that was over long ago: an honest edge node has left that broker, so there are two of them,
 * each on a broker of its own.
 */
export function isStray({ sessions }: MergedNode, broker: number, nowMs: number): boolean {
  const session = sessions.get(broker);
  if (session?.overAtMs === undefined || session.bdSeq === null) return false;
  return nowMs - session.overAtMs > STRAY_AFTER_MS;
}

export const NO_SESSIONS: MergedNode = { sessions: new Map(), home: undefined, devices: new Set() };

/** What the host session of one broker found. */
export type MergeInput = { readonly broker: number; readonly atMs: number } & (
  | { readonly type: 'node-online'; readonly bdSeq: number | null }
  | { readonly type: 'node-offline'; readonly because: OfflineCause }
  | { readonly type: 'device-online'; readonly deviceId: string }
  | { readonly type: 'device-offline'; readonly deviceId: string; readonly because: OfflineCause }
  /** The births on this broker are complete. */
  | { readonly type: 'settled' }
);

/** What is told of the node, whichever broker it is on. */
export interface MergedChange {
  readonly deviceId: string | null;
  readonly isOnline: boolean;
  readonly atMs: number;
  readonly because: OfflineCause | 'birth';
}

export interface MergeStep {
  readonly next: MergedNode;
  readonly changes: readonly MergedChange[];
}

const liveSessions = ({ sessions }: MergedNode): BrokerSession[] =>
  [...sessions.values()].filter(({ isOver }) => !isOver);

export const isMergedOnline = (node: MergedNode): boolean => liveSessions(node).length > 0;

export function mergeStep(node: MergedNode, input: MergeInput): MergeStep {
  switch (input.type) {
    case 'node-online':
      return bear(node, input);
    case 'node-offline':
      return die(node, input);
    case 'device-online':
      return bearDevice(node, input);
    case 'device-offline':
      return buryDevice(node, input);
    case 'settled':
      return settle(node, input);
  }
}

type InputOf<Type extends MergeInput['type']> = Extract<MergeInput, { readonly type: Type }>;

function bear(node: MergedNode, { broker, bdSeq, atMs }: InputOf<'node-online'>): MergeStep {
  const sessions = new Map<number, BrokerSession>();
  for (const [index, session] of node.sessions) {
    const { devices, isOver } = session;
    // Over before its time, when this broker was slow to pass on the births of an earlier session.
    if (bdSeq !== null && session.bdSeq === bdSeq) sessions.set(index, { bdSeq, devices, isOver: false });
    else sessions.set(index, isOver ? session : { ...session, isOver: true, overAtMs: atMs });
  }
  sessions.set(broker, { bdSeq, devices: node.sessions.get(broker)?.devices ?? new Set(), isOver: false });
  const changes: MergedChange[] = isMergedOnline(node)
    ? []
    : [{ deviceId: null, isOnline: true, atMs, because: 'birth' }];
  return { next: { ...node, sessions, home: broker }, changes };
}

function die(node: MergedNode, { broker, because, atMs }: InputOf<'node-offline'>): MergeStep {
  const ended = node.sessions.get(broker);
  const sessions = new Map(node.sessions);
  sessions.delete(broker);
  // The death of a session is its death on every broker; the loss of a link is only that.
  const isDeath = because !== 'link-lost' && ended !== undefined && !ended.isOver && ended.bdSeq !== null;
  if (isDeath) {
    for (const [index, { bdSeq }] of sessions) if (bdSeq === ended.bdSeq) sessions.delete(index);
  }
  const carrier = [...sessions].find(([, { isOver }]) => !isOver)?.[0];
  const next = { ...node, sessions, home: carrier ?? node.home };
  if (!isMergedOnline(node) || carrier !== undefined) return { next, changes: [] };
  const devicesBecause = because === 'death' ? 'node-death' : because;
  const offline = { isOnline: false, atMs } as const;
  const changes: MergedChange[] = [...node.devices].map((deviceId) => ({
    deviceId,
    ...offline,
    because: devicesBecause,
  }));
  changes.push({ deviceId: null, ...offline, because });
  return { next: { ...next, devices: new Set() }, changes };
}

function withDevices(node: MergedNode, broker: number, change: (devices: Set<string>) => void): MergedNode {
  const session = node.sessions.get(broker);
  if (session === undefined) return node;
  const devices = new Set(session.devices);
  change(devices);
  return { ...node, sessions: new Map(node.sessions).set(broker, { ...session, devices }) };
}

function bearDevice(node: MergedNode, { broker, deviceId, atMs }: InputOf<'device-online'>): MergeStep {
  const next = withDevices(node, broker, (devices) => devices.add(deviceId));
  if (node.sessions.get(broker)?.isOver !== false || node.devices.has(deviceId)) return { next, changes: [] };
  return {
    next: { ...next, devices: new Set(node.devices).add(deviceId) },
    changes: [{ deviceId, isOnline: true, atMs, because: 'birth' }],
  };
}

function buryDevice(node: MergedNode, { broker, deviceId, because, atMs }: InputOf<'device-offline'>): MergeStep {
  const isOver = node.sessions.get(broker)?.isOver !== false;
  const next = withDevices(node, broker, (devices) => devices.delete(deviceId));
  if (isOver || !node.devices.has(deviceId)) return { next, changes: [] };
  const isHeardElsewhere = liveSessions(next).some(({ devices }) => devices.has(deviceId));
  if (because === 'link-lost' && isHeardElsewhere) return { next, changes: [] };
  return tellGone(next, [deviceId], because, atMs);
}

/** After a walk the devices stay online until their DBIRTH has had its chance on the new broker. */
function settle(node: MergedNode, { broker, atMs }: InputOf<'settled'>): MergeStep {
  if (node.home !== broker) return { next: node, changes: [] };
  const live = liveSessions(node);
  const gone = [...node.devices].filter((deviceId) => !live.some(({ devices }) => devices.has(deviceId)));
  return tellGone(node, gone, 'not-born-again', atMs);
}

function tellGone(node: MergedNode, deviceIds: readonly string[], because: OfflineCause, atMs: number): MergeStep {
  if (deviceIds.length === 0) return { next: node, changes: [] };
  const changes = deviceIds.map((deviceId) => ({ deviceId, isOnline: false, atMs, because }));
  return { next: { ...node, devices: new Set([...node.devices].filter((id) => !deviceIds.includes(id))) }, changes };
}
