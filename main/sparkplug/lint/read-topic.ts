import { NAMESPACE } from '../topic.ts';
import type { RuleKey } from './rules.ts';
import { DEVICE_VERBS, NODE_VERBS, type Verb } from './traffic.ts';

/** A fault of the topic, for a topic that can still be read. */
interface TopicFault {
  readonly rule: RuleKey;
  readonly text: string;
}

/** Like `parseTopic`, but reads as much as it can of what it would refuse. */
export type ReadTopic =
  | {
      readonly kind: 'node';
      readonly verb: Verb;
      readonly groupId: string;
      readonly edgeNodeId: string;
      readonly deviceId: string | null;
      readonly faults: readonly TopicFault[];
    }
  | { readonly kind: 'host'; readonly hostId: string; readonly isOldForm: boolean }
  | { readonly kind: 'bad'; readonly fault: TopicFault }
  /** No Sparkplug at all. */
  | { readonly kind: 'foreign' };

const isOneOf = <T extends string>(words: readonly T[], word: string | undefined): word is T =>
  (words as readonly (string | undefined)[]).includes(word);

/** U+FFFD stands where the bytes were no UTF-8. */
const ILLEGAL_ID = /[+#/\uFFFD\p{Cc}\p{Surrogate}]/u;

function findIdFault(rule: RuleKey, kind: string, id: string): readonly TopicFault[] {
  if (id === '') return [{ rule, text: `the ${kind} is empty, required is one of at least one character` }];
  if (!ILLEGAL_ID.test(id)) return [];
  return [{ rule, text: `the ${kind} "${id}" holds a character that is not allowed there` }];
}

const bad = (rule: RuleKey, text: string): ReadTopic => ({ kind: 'bad', fault: { rule, text } });

export function readTopic(topic: string): ReadTopic {
  const [namespace = '', groupId = '', verb, edgeNodeId, ...rest] = topic.split('/');
  if (namespace === 'STATE' && groupId !== '' && verb === undefined) {
    return { kind: 'host', hostId: groupId, isOldForm: true };
  }
  if (namespace !== NAMESPACE) {
    if (!/^sp[ab]v\d/i.test(namespace)) return { kind: 'foreign' };
    return bad('topic-namespace', `the namespace is "${namespace}", required is ${NAMESPACE}`);
  }
  if (groupId === 'STATE') {
    if (verb !== undefined && verb !== '' && edgeNodeId === undefined) {
      return { kind: 'host', hostId: verb, isOldForm: false };
    }
    return bad('topic-structure', `"${topic}" is no STATE topic, required is ${NAMESPACE}/STATE/<host id>`);
  }
  const isDeviceVerb = isOneOf(DEVICE_VERBS, verb);
  if (edgeNodeId === undefined || !(isDeviceVerb || isOneOf(NODE_VERBS, verb))) {
    return bad(
      'topic-structure',
      `"${topic}" is no Sparkplug topic: ${verb ?? 'nothing'} stands where a verb is required`,
    );
  }
  const deviceId = rest.length === 0 ? null : rest.join('/');
  const faults = [
    ...findIdFault('group-id', 'group id', groupId),
    ...findIdFault('node-id', 'edge node id', edgeNodeId),
    ...(isDeviceVerb && deviceId !== null ? findIdFault('device-id', 'device id', deviceId) : []),
  ];
  if (isDeviceVerb !== (deviceId !== null)) {
    const seen = isDeviceVerb ? 'no device level' : `the device level "${deviceId ?? ''}"`;
    faults.push({
      rule: 'topic-device-level',
      text: `${verb} has ${seen}, required is ${isDeviceVerb ? 'one' : 'none'}`,
    });
  }
  return { kind: 'node', verb, groupId, edgeNodeId, deviceId, faults };
}
