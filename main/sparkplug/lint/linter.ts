import { decodePayload } from '../decode-payload.ts';
import { CaseTwins } from './case-twins.ts';
import { checkBirth } from './check-birth.ts';
import { checkCommand } from './check-command.ts';
import { checkData } from './check-data.ts';
import { checkDelivery } from './check-delivery.ts';
import { checkRebirth } from './check-rebirth.ts';
import { checkSeq } from './check-seq.ts';
import { checkIsBorn, checkNodeBirth, checkNodeDeath, checkOwedDeath, endDevice } from './check-session.ts';
import { checkState, createHostState, type HostState } from './check-state.ts';
import { checkStructures } from './check-structures.ts';
import { checkPayloadTime } from './check-times.ts';
import { type Finding, FindingLog, type Report } from './finding-log.ts';
import { KeptMessages } from './kept-messages.ts';
import { isCommand, isData, type LookedAt } from './looked-at.ts';
import { NodeBook } from './node-book.ts';
import { type ReadTopic, readTopic } from './read-topic.ts';
import type { TrafficMessage, Who } from './traffic.ts';

export interface LinterOptions {
  readonly maxFindings: number;
  /** Bound of what is remembered of all births, in units of about a hundred bytes. */
  readonly maxMemoryUnits: number;
}

const DEFAULTS: LinterOptions = { maxFindings: 2_000, maxMemoryUnits: 3_000_000 };
const MAX_HOSTS = 1_000;

export interface LintReport {
  readonly messageCount: number;
  readonly findings: readonly Finding[];
  /** Breaches left out because there were too many different ones. */
  readonly uncountedCount: number;
  /** Edge nodes and devices of which messages came whose birth was not seen: only part of the rules could be applied. */
  readonly unseenBirths: readonly { readonly name: string; readonly messageCount: number }[];
}

interface HostEntry {
  readonly hostId: string;
  readonly brokerUrl: string;
  readonly state: HostState;
}

type NodeTopic = ReadTopic & { readonly kind: 'node' };

/**
 * Holds Sparkplug traffic of any publisher against Sparkplug 3.0, as a subscriber sees it. Takes every bytes and every
 * order of messages; knows no clock but the messages'. A birth that was not seen is never a fault: what needs it is
 * left out. Memory is bounded by the options.
 */
export class SparkplugLinter {
  readonly #log: FindingLog;
  readonly #nodes: NodeBook;
  readonly #hosts = new Map<
    string,
    { readonly hostId: string; readonly brokerUrl: string; readonly state: HostState }
  >();
  readonly #twins = new CaseTwins();
  readonly #kept = new KeptMessages();
  #messageCount = 0;
  /** What the subscription was granted: at 0 the QoS of deaths and STATE cannot be seen. */
  subscribedQos = 1;

  constructor(options: Partial<LinterOptions> = {}) {
    const { maxFindings, maxMemoryUnits } = { ...DEFAULTS, ...options };
    this.#log = new FindingLog(maxFindings);
    this.#nodes = new NodeBook(maxMemoryUnits);
  }

  /**
   * Looks at one message; those of one broker have to come in their order. What the broker keeps and delivers again
   * counts once.
   */
  take(message: TrafficMessage): void {
    const topic = readTopic(message.topic);
    if (message.retain && this.#kept.isRepeated(message)) {
      // A host that was forgotten is known again by it.
      const isState = topic.kind === 'host' && !topic.isOldForm;
      if (isState) checkState(message, this.#hostOf(message, topic.hostId), this.subscribedQos, () => {});
      return;
    }
    if (topic.kind === 'node') this.#takeNode(message, topic);
    else if (topic.kind === 'host') this.#takeHost(message, topic.hostId, topic.isOldForm);
    else if (topic.kind === 'bad') {
      const { rule, text } = topic.fault;
      this.#reporter(message, { kind: 'topic', topic: message.topic }, 'other', undefined)(rule, text);
    }
    this.#messageCount += 1;
  }

  /** The connection to a broker was lost: what comes now may have a gap before it. */
  forget(brokerUrl = ''): void {
    this.#nodes.forget(brokerUrl);
    for (const [key, host] of this.#hosts) if (host.brokerUrl === brokerUrl) this.#hosts.delete(key);
  }

  /** From here on everything that the broker keeps is delivered again, since it was subscribed anew. */
  retainedLookBegins(brokerUrl = ''): void {
    for (const { state } of this.#hostsOf(brokerUrl)) state.isAwaited = state.isLive;
  }

  /** All of it has been delivered: a STATE that was not among it is not retained. */
  retainedLookEnds(atMs: number, brokerUrl = ''): void {
    for (const { hostId, state } of this.#hostsOf(brokerUrl)) {
      if (!state.isAwaited) continue;
      const report = this.#reporter({ atMs, brokerUrl }, { kind: 'host', hostId }, 'STATE', undefined);
      report('state-retain', 'the broker keeps no STATE of a host that has sent one, required is the retain flag');
      state.isAwaited = false;
    }
  }

  report(): LintReport {
    const unseen = this.#nodes.entries.filter(({ state }) => state.unseenBirthCount > 0);
    return {
      messageCount: this.#messageCount,
      findings: this.#log.findings,
      uncountedCount: this.#log.uncountedCount,
      unseenBirths: unseen.map(({ groupId, edgeNodeId, state }) => ({
        name: `${groupId}/${edgeNodeId}`,
        messageCount: state.unseenBirthCount,
      })),
    };
  }

  #hostsOf(brokerUrl: string): readonly HostEntry[] {
    return [...this.#hosts.values()].filter((host) => host.brokerUrl === brokerUrl);
  }

  #reporter(
    { atMs, brokerUrl = '' }: Pick<TrafficMessage, 'atMs' | 'brokerUrl'>,
    who: Who,
    verb: Finding['verb'],
    seq: number | undefined,
  ): Report {
    const place = { who, brokerUrl, verb, seq, position: this.#messageCount, atMs };
    return (rule, text, metricName) => this.#log.add(place, rule, text, metricName);
  }

  #takeHost(message: TrafficMessage, hostId: string, isOldForm: boolean): void {
    const report = this.#reporter(message, { kind: 'host', hostId }, 'STATE', undefined);
    if (isOldForm) {
      report('state-topic', `STATE came on ${message.topic}, required is spBv1.0/${message.topic}`);
      return;
    }
    checkState(message, this.#hostOf(message, hostId), this.subscribedQos, report);
  }

  #hostOf({ brokerUrl = '' }: TrafficMessage, hostId: string): HostState {
    const key = `${brokerUrl}\n${hostId}`;
    let host = this.#hosts.get(key);
    if (host === undefined) {
      host = { hostId, brokerUrl, state: createHostState() };
      const [oldest] = this.#hosts.keys();
      if (this.#hosts.size >= MAX_HOSTS && oldest !== undefined) this.#hosts.delete(oldest);
      this.#hosts.set(key, host);
    }
    return host.state;
  }

  #takeNode(message: TrafficMessage, topic: NodeTopic): void {
    const { verb, groupId, edgeNodeId, deviceId, faults } = topic;
    const decoded = message.retain && message.payload.length === 0 ? undefined : decodePayload(message.payload);
    const payload = decoded?.kind === 'ok' ? decoded.payload : undefined;
    const report = this.#reporter(message, { kind: 'node', groupId, edgeNodeId, deviceId }, verb, payload?.seq);
    for (const { rule, text } of faults) report(rule, text);
    this.#checkIdCase(topic, report);
    checkDelivery(message, verb, this.subscribedQos, report);
    if (decoded?.kind === 'fault') {
      report(
        'not-protobuf',
        `the ${message.payload.length} bytes of ${verb} are no Sparkplug payload: ${decoded.reason}`,
      );
    }
    // What the broker has kept says nothing about the present; a topic with a fault may not be the one that was meant.
    if (message.retain || faults.length > 0) return;
    const entry = this.#nodes.of(message.brokerUrl ?? '', groupId, edgeNodeId);
    if (payload === undefined) {
      // Its seq is lost with it.
      entry.state.nextSeq = undefined;
      return;
    }
    const looked: LookedAt = { message, verb, deviceId, node: entry.state, payload, report };
    this.#checkMessage(looked, `${groupId}/${edgeNodeId}/${deviceId ?? ''}`);
    if (verb === 'NBIRTH' || verb === 'DBIRTH') this.#nodes.measure(entry);
  }

  #checkMessage(looked: LookedAt, place: string): void {
    const { verb, node } = looked;
    checkPayloadTime(looked);
    checkSeq(looked);
    if (isCommand(verb)) {
      checkCommand(looked);
      checkStructures(looked);
      return;
    }
    checkOwedDeath(looked);
    if (verb === 'NDEATH') {
      checkNodeDeath(looked);
      return;
    }
    if (verb === 'NBIRTH') checkNodeBirth(looked);
    else if (!checkIsBorn(looked)) return;
    if (node.session === 'unseen') node.unseenBirthCount += 1;
    if (verb !== 'NBIRTH') checkRebirth(looked);
    if (verb === 'DDEATH') {
      endDevice(looked);
      return;
    }
    if (isData(verb)) checkData(looked);
    else checkBirth(looked, this.#twins, `metric ${place}`);
    checkStructures(looked);
  }

  #checkIdCase({ groupId, edgeNodeId, deviceId }: NodeTopic, report: Report): void {
    const levels = [
      ['group', groupId],
      [`node ${groupId}`, edgeNodeId],
      ...(deviceId === null ? [] : [[`device ${groupId}/${edgeNodeId}`, deviceId]]),
    ];
    for (const [place = '', id = ''] of levels) {
      const twin = this.#twins.twinOf(place, id);
      if (twin !== undefined) report('id-case', `the ids ${id} and ${twin} differ only by letter case`);
    }
  }
}
