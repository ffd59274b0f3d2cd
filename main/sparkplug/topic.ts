import { findIdFault } from '../../shared/config/sparkplug-name.ts';
import { EngineError } from '../platform/engine-error.ts';

/**
 * Topics of Sparkplug B 3.0 (tck-id-topic-structure): `spBv1.0/<group>/<verb>/<edge node>[/<device>]` and
 * `spBv1.0/STATE/<host>`. They are built and taken apart here and nowhere else.
 */
export const NAMESPACE = 'spBv1.0';

type GroupId = string & { readonly __brand: 'GroupId' };
type EdgeNodeId = string & { readonly __brand: 'EdgeNodeId' };
export type DeviceId = string & { readonly __brand: 'DeviceId' };
export type HostId = string & { readonly __brand: 'HostId' };

/** The pair that is unique in the plant (tck-id-intro-edge-node-id-uniqueness). */
export interface EdgeNodeDescriptor {
  readonly groupId: GroupId;
  readonly edgeNodeId: EdgeNodeId;
}

const EDGE_NODE_VERBS = ['NBIRTH', 'NDATA', 'NDEATH', 'NCMD'] as const;
const DEVICE_VERBS = ['DBIRTH', 'DDATA', 'DDEATH', 'DCMD'] as const;
export type EdgeNodeVerb = (typeof EDGE_NODE_VERBS)[number];
export type DeviceVerb = (typeof DEVICE_VERBS)[number];

interface EdgeNodeTopic extends EdgeNodeDescriptor {
  readonly kind: 'edge-node';
  readonly verb: EdgeNodeVerb;
}
interface DeviceTopic extends EdgeNodeDescriptor {
  readonly kind: 'device';
  readonly verb: DeviceVerb;
  readonly deviceId: DeviceId;
}
interface HostStateTopic {
  readonly kind: 'host-state';
  readonly hostId: HostId;
}
export type SparkplugTopic = EdgeNodeTopic | DeviceTopic | HostStateTopic;

/** The given text as a legal id; throws `sparkplug/illegal-id`. The casts below are where the brands are born. */
function legal(kind: string, id: string): string {
  const fault = id === 'STATE' && kind === 'group id' ? 'is reserved by Sparkplug' : findIdFault(id);
  if (fault === undefined) return id;
  throw new EngineError('sparkplug/illegal-id', `${kind} "${id}" ${fault}; change it in the site file`, { kind, id });
}

/** Throws `sparkplug/illegal-id` where one of the two is no legal id. */
export function toEdgeNodeDescriptor(groupId: string, edgeNodeId: string): EdgeNodeDescriptor {
  return {
    groupId: legal('group id', groupId) as GroupId,
    edgeNodeId: legal('edge node id', edgeNodeId) as EdgeNodeId,
  };
}

/** Throws `sparkplug/illegal-id`. */
export const toDeviceId = (deviceId: string): DeviceId => legal('device id', deviceId) as DeviceId;

/** Throws `sparkplug/illegal-id`. */
export const toHostId = (hostId: string): HostId => legal('host id', hostId) as HostId;

export const edgeNodeTopic = (verb: EdgeNodeVerb, { groupId, edgeNodeId }: EdgeNodeDescriptor): string =>
  `${NAMESPACE}/${groupId}/${verb}/${edgeNodeId}`;

export const deviceTopic = (verb: DeviceVerb, descriptor: EdgeNodeDescriptor, deviceId: DeviceId): string =>
  `${NAMESPACE}/${descriptor.groupId}/${verb}/${descriptor.edgeNodeId}/${deviceId}`;

/** All devices of an edge node. */
export const deviceFilter = (verb: DeviceVerb, { groupId, edgeNodeId }: EdgeNodeDescriptor): string =>
  `${NAMESPACE}/${groupId}/${verb}/${edgeNodeId}/+`;

/** STATE in the form of 3.0; `STATE/<id>` of version 2.2 is not served. */
export const hostStateTopic = (hostId: HostId): string => `${NAMESPACE}/STATE/${hostId}`;

const isOneOf = <T extends string>(words: readonly T[], word: string): word is T =>
  (words as readonly string[]).includes(word);

/** Total: a topic of another namespace, an unknown verb or a wrong number of levels gives undefined. */
export function parseTopic(topic: string): SparkplugTopic | undefined {
  const [namespace, second, verb, edgeNodeId, deviceId, ...rest] = topic.split('/');
  if (namespace !== NAMESPACE || second === undefined || second === '' || verb === undefined || verb === '') {
    return undefined;
  }
  if (second === 'STATE') {
    return edgeNodeId === undefined ? { kind: 'host-state', hostId: verb as HostId } : undefined;
  }
  if (edgeNodeId === undefined || edgeNodeId === '' || rest.length > 0) return undefined;
  const descriptor = { groupId: second as GroupId, edgeNodeId: edgeNodeId as EdgeNodeId };
  if (deviceId === undefined) {
    return isOneOf(EDGE_NODE_VERBS, verb) ? { kind: 'edge-node', verb, ...descriptor } : undefined;
  }
  if (deviceId === '' || !isOneOf(DEVICE_VERBS, verb)) return undefined;
  return { kind: 'device', verb, ...descriptor, deviceId: deviceId as DeviceId };
}
