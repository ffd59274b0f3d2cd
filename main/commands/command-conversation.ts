import { type Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { encodeCommand, parseCommandValue } from '../sparkplug/command-value.ts';
import type { SeenMetric } from '../sparkplug/host-node.ts';
import type { HostObserver } from '../sparkplug/host-observer.ts';
import { toDatatype } from '../sparkplug/payload.ts';
import { describePayloadValue, nameDatatype, toJsonValue } from '../sparkplug/payload-json.ts';
import { deviceTopic, edgeNodeTopic, toDeviceId, toEdgeNodeDescriptor } from '../sparkplug/topic.ts';

/** A birth that happens to come by itself is waited for so long before one is asked for. */
const ASK_AFTER_MS = 1_000;

/** The metric that is written; of a birth that is only asked for, node alone. */
export interface CommandTarget {
  readonly groupId: string;
  readonly edgeNodeId: string;
  readonly deviceId: string | null;
  readonly metricName: string;
}

/** One thing that happened, as text and as facts for JSON. */
export type TellStep = (kind: string, text: string, facts?: Readonly<Record<string, unknown>>) => void;

interface ReadyCommand {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** The value that confirms it, as its JSON text. */
  readonly wanted: string;
}

/** One conversation of a person with one edge node: birth, command, echo. */
export class CommandConversation {
  /** To be told of what the observer hears, from the start. */
  readonly born = new EventSource<string | null>();
  readonly seen = new EventSource<SeenMetric>();
  /** Resolves with the first birth of the node or device. */
  readonly birth: Promise<void>;
  readonly #target: CommandTarget;
  readonly #clock: Clock;
  readonly #tell: TellStep;

  constructor(target: CommandTarget, clock: Clock, tell: TellStep) {
    this.#target = target;
    this.#clock = clock;
    this.#tell = tell;
    this.birth = new Promise((resolve) => this.born.on((deviceId) => deviceId === target.deviceId && resolve()));
  }

  /** Resolves when the birth is known; asks for it when it does not come by itself. */
  async waitForBirth(observer: HostObserver): Promise<void> {
    const { groupId, edgeNodeId } = this.#target;
    const cancel = this.#clock.after(ASK_AFTER_MS, () => {
      this.#tell('asked', `no birth of ${groupId}/${edgeNodeId} was seen: it is asked for`);
      observer.askForBirths(groupId, edgeNodeId).catch(() => {});
    });
    await this.birth.finally(cancel);
  }

  /**
   * Writes the value and resolves when the node has reported it back as its own. Nothing is sent that the datatype of
   * the birth cannot hold.
   * @throws EngineError `sparkplug/unknown-metric`, `cli/usage`.
   */
  async write(observer: HostObserver, text: string): Promise<void> {
    const { topic, payload, wanted } = this.#prepare(observer, text);
    const echo = this.#waitForEcho(wanted);
    await observer.command(topic, payload);
    this.#tell('sent', `sent to ${topic}: ${this.#target.metricName} = ${text}`, { topic });
    await echo;
  }

  #prepare(observer: HostObserver, text: string): ReadyCommand {
    const { groupId, edgeNodeId, deviceId, metricName } = this.#target;
    const [entry] = observer.models();
    const metrics = entry?.model.devices.get(deviceId)?.metrics;
    const known = metrics?.get(metricName);
    if (known === undefined) {
      const names = [...(metrics?.keys() ?? [])].slice(0, 20).join(', ');
      throw new EngineError('sparkplug/unknown-metric', `the birth has no metric "${metricName}"; it has: ${names}`);
    }
    const datatype = toDatatype(known.typeCode);
    const value = datatype && parseCommandValue(datatype, text);
    if (datatype === undefined || value === undefined) {
      const typeName = nameDatatype(known.typeCode);
      throw new EngineError('cli/usage', `"${text}" is no ${typeName}, which ${metricName} is; nothing was sent`);
    }
    const wanted = toText(datatype === 'Float' ? Math.fround(Number(value)) : value);
    if (known.last?.value !== undefined && toText(known.last.value) === wanted) {
      this.#tell('note', 'it has this value already: a device that reports only changes stays silent');
    }
    const descriptor = toEdgeNodeDescriptor(groupId, edgeNodeId);
    const topic =
      deviceId === null ? edgeNodeTopic('NCMD', descriptor) : deviceTopic('DCMD', descriptor, toDeviceId(deviceId));
    return { topic, payload: encodeCommand({ metricName, datatype, value }, this.#clock.nowMs()), wanted };
  }

  #waitForEcho(wanted: string): Promise<void> {
    const { deviceId, metricName } = this.#target;
    return new Promise((resolve) =>
      this.seen.on((metric) => {
        if (metric.deviceId !== deviceId || metric.metricName !== metricName) return;
        if (metric.isHistorical || metric.isBirth || metric.value === undefined) return;
        const { value, quality, timestampMs } = metric;
        const isConfirmed = toText(value) === wanted;
        const shown = `${metricName} = ${describePayloadValue(value)} (${quality})`;
        const facts = { value: toJsonValue(value), quality, timestampMs, isConfirmed };
        this.#tell('echo', `${isConfirmed ? 'confirmed' : 'another value'}: ${shown}`, facts);
        if (isConfirmed) resolve();
      }),
    );
  }
}

const toText = (value: Parameters<typeof toJsonValue>[0]): string => JSON.stringify(toJsonValue(value));
