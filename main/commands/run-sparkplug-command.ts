import { composeObserver } from '../compose-observer.ts';
import { systemClock, within } from '../platform/clock.ts';
import { EngineError, isEngineError } from '../platform/engine-error.ts';
import type { SeenMetric } from '../sparkplug/host-node.ts';
import { toDeviceId, toEdgeNodeDescriptor } from '../sparkplug/topic.ts';
import { abortOnStop } from './abort-on-stop.ts';
import { BROKER_OPTIONS, BROKER_USAGE, readBrokerOptions } from './broker-options.ts';
import { CommandConversation, type CommandTarget, type TellStep } from './command-conversation.ts';
import { printable } from './printable.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';

const USAGE = `lineside sparkplug command ${BROKER_USAGE}
         --group G --node N [--device D] --metric NAME --value V | --rebirth   [--timeout SECONDS] [--json]`;
const OPTIONS = {
  ...BROKER_OPTIONS,
  group: { type: 'string' },
  node: { type: 'string' },
  device: { type: 'string' },
  metric: { type: 'string' },
  value: { type: 'string' },
  rebirth: { type: 'boolean' },
  timeout: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const DEFAULT_TIMEOUT_S = 10;
const NOT_IN_TIME = 'sparkplug/not-in-time';

/** What is to be written; without a value births are asked for. */
interface Task {
  readonly target: CommandTarget;
  readonly value: string | undefined;
}

function readTask(values: ReturnType<typeof readArguments<typeof OPTIONS>>): Task {
  const { group, node, device, metric, value, rebirth } = values;
  const wrong = (text: string): EngineError => new EngineError('cli/usage', `${text}\nusage: ${USAGE}`);
  if (group === undefined || node === undefined) throw wrong('name group and node');
  // Refused before anything is opened.
  toEdgeNodeDescriptor(group, node);
  if (rebirth) {
    if (metric !== undefined || value !== undefined || device !== undefined) {
      throw wrong('--rebirth goes to a node and takes no metric, value or device');
    }
    return { target: { groupId: group, edgeNodeId: node, deviceId: null, metricName: '' }, value: undefined };
  }
  if (metric === undefined || value === undefined) throw wrong('name the metric and its value');
  if (device !== undefined) toDeviceId(device);
  return { target: { groupId: group, edgeNodeId: node, deviceId: device ?? null, metricName: metric }, value };
}

/**
 * `lineside sparkplug command`: writes one metric of an edge node or device (NCMD, DCMD), or asks a node for its births,
 * and waits for what it reports back. Exit code 0 confirmed, 4 not confirmed in time, 1 not possible, 2 not sent.
 */
export async function runSparkplugCommand(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(words, OPTIONS, USAGE);
  const named = readBrokerOptions(values, USAGE);
  const { target, value } = readTask(values);
  const { groupId, edgeNodeId } = target;
  const limitMs = (readCount(values.timeout, 'timeout', 1) ?? DEFAULT_TIMEOUT_S) * 1_000;
  const tell: TellStep = (kind, text, facts) =>
    print(values.json ? JSON.stringify({ kind, text, ...facts }) : printable(text));
  const conversation = new CommandConversation(target, systemClock, tell);
  const signal = abortOnStop();
  let connect = (): void => {};
  let fail: (error: Error) => void = () => {};
  const connected = new Promise<void>((resolve, reject) => {
    connect = resolve;
    fail = reject;
  });
  const onMetrics = (metrics: readonly SeenMetric[]): void => {
    for (const metric of metrics) conversation.seen.emit(metric);
  };
  const observer = await composeObserver(
    { named, groupId, edgeNodeId, isAsking: false },
    {
      onConnected: () => connect(),
      onAway: ({ text }) => fail(new EngineError('sparkplug/no-broker', text)),
      onBorn: (_node, deviceId) => conversation.born.emit(deviceId),
      onMetrics,
      onUnstored: onMetrics,
      onFound: () => {},
    },
  );
  observer.start();
  const stopped = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new EngineError(NOT_IN_TIME, 'stopped before it was confirmed')));
  });
  const inTime = (work: Promise<void>, what: string): Promise<void> =>
    within(
      systemClock,
      limitMs,
      Promise.race([work, stopped]),
      () => new EngineError(NOT_IN_TIME, `${what} within ${limitMs / 1_000} s`),
    );
  try {
    await inTime(connected, 'the broker did not admit us');
    if (value === undefined) {
      await observer.askForBirths(groupId, edgeNodeId);
      tell('sent', `${groupId}/${edgeNodeId} is asked for its births`);
      await inTime(conversation.birth, 'no NBIRTH came');
      tell('born', `${groupId}/${edgeNodeId} is born`);
      return EXIT.ok;
    }
    await inTime(conversation.waitForBirth(observer), 'no birth came, so nothing was sent');
    await inTime(conversation.write(observer, value), 'the value was not confirmed');
    return EXIT.ok;
  } catch (error) {
    if (!isEngineError(error, NOT_IN_TIME)) throw error;
    tell('not-confirmed', error.message);
    return EXIT.notConfirmed;
  } finally {
    stopped.catch(() => {});
    await observer.stop();
  }
}
