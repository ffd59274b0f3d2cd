import { composeObserver } from '../compose-observer.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { toMetricRow } from '../sparkplug/host-model-page.ts';
import type { HostObserver } from '../sparkplug/host-observer.ts';
import { abortOnStop } from './abort-on-stop.ts';
import { BROKER_OPTIONS, BROKER_USAGE, readBrokerOptions } from './broker-options.ts';
import { EXIT, readArguments, readCount } from './read-arguments.ts';
import { type PlantNews, toPlantJson, toPlantText } from './show-plant.ts';

const USAGE = `lineside sparkplug watch ${BROKER_USAGE}
         [--group G] [--node N] [--rebirth] [--seconds N] [--json]`;
const OPTIONS = {
  ...BROKER_OPTIONS,
  group: { type: 'string' },
  node: { type: 'string' },
  rebirth: { type: 'boolean' },
  seconds: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const FAULT_EVERY_MS = 60_000;
const MAX_FAULT_KINDS = 10_000;
/** A reader that takes nothing for so long loses lines, and is told how many. */
const MAX_UNREAD_BYTES = 4_000_000;

/** Standard output that never grows this process: what a slow reader does not take is counted. */
class LineWriter {
  #leftOutCount = 0;

  write(lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (process.stdout.writableLength > MAX_UNREAD_BYTES) {
      this.#leftOutCount += lines.length;
      return;
    }
    if (this.#leftOutCount > 0) console.error(`${this.#leftOutCount} lines are left out: nobody read them in time`);
    this.#leftOutCount = 0;
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

/** A fault that goes on is shown once a minute: what can be used must stay readable between. */
class FaultRepeats {
  readonly #shownAtMs = new Map<string, number>();

  isNews(news: PlantNews): boolean {
    if (news.kind !== 'fault') return true;
    const key = `${news.node} ${news.reason}`;
    const shownAtMs = this.#shownAtMs.get(key);
    if (shownAtMs !== undefined && news.atMs - shownAtMs < FAULT_EVERY_MS) return false;
    if (this.#shownAtMs.size >= MAX_FAULT_KINDS) this.#shownAtMs.clear();
    this.#shownAtMs.set(key, news.atMs);
    return true;
  }
}

/** The birth of a node or device as the observer understood it. */
function toBirth(observer: HostObserver, groupId: string, edgeNodeId: string, deviceId: string | null): PlantNews[] {
  for (const { node, model } of observer.models()) {
    const device = node.groupId === groupId && node.edgeNodeId === edgeNodeId ? model.devices.get(deviceId) : undefined;
    if (device === undefined) continue;
    const entry = { broker: '', node, model };
    const rows = [...device.metrics].map(([name, metric]) => toMetricRow(entry, deviceId, device, name, metric));
    return [{ kind: 'birth', atMs: systemClock.nowMs(), groupId, edgeNodeId, deviceId, bdSeq: node.bdSeq, rows }];
  }
  return [];
}

/**
 * `lineside sparkplug watch`: what a plant says, as a host understands it: each birth as a tree, then each change as
 * it comes. It publishes nothing; with `--rebirth` it asks nodes whose births it has not seen. Ends with Ctrl-C or
 * after `--seconds`. Returns the exit code: 1 when the broker does not admit it.
 */
export async function runSparkplugWatch(words: readonly string[]): Promise<number> {
  const values = readArguments(words, OPTIONS, USAGE);
  const named = readBrokerOptions(values, USAGE);
  const seconds = readCount(values.seconds, 'seconds', 1);
  const { group: groupId, node: edgeNodeId, rebirth: isAsking = false } = values;
  const writer = new LineWriter();
  const faults = new FaultRepeats();
  let isEnding = false;
  const tell = (...news: readonly PlantNews[]): void => {
    if (isEnding) return;
    if (values.json) return writer.write(news.map(toPlantJson));
    writer.write(news.filter((one) => faults.isNews(one)).flatMap(toPlantText));
  };
  const signal = abortOnStop();
  let isAdmitted = false;
  let fail: (error: Error) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (seconds !== undefined) systemClock.after(seconds * 1_000, resolve);
    fail = reject;
  });
  const atMs = (): number => systemClock.nowMs();
  const observer: HostObserver = await composeObserver(
    { named, groupId, edgeNodeId, isAsking },
    {
      onConnected: () => {
        isAdmitted = true;
        tell({ kind: 'connection', atMs: atMs(), isConnected: true, text: `${named.broker.url}; waiting for births` });
        if (isAsking && groupId !== undefined && edgeNodeId !== undefined) {
          observer.askForBirths(groupId, edgeNodeId).catch(() => {});
        }
      },
      onAway: ({ code, text }) => {
        if (!isAdmitted) fail(new EngineError('sparkplug/no-broker', text, { code }));
        else tell({ kind: 'connection', atMs: atMs(), isConnected: false, text });
      },
      onBorn: (node, deviceId) => tell(...toBirth(observer, node.groupId, node.edgeNodeId, deviceId)),
      onMetrics: (metrics) => tell(...metrics.map((metric) => ({ kind: 'metric', atMs: atMs(), metric }) as const)),
      onUnstored: (metrics) => tell(...metrics.map((metric) => ({ kind: 'metric', atMs: atMs(), metric }) as const)),
      onFound: ({ groupId: group, edgeNodeId: node }, found) => {
        if (found.type === 'settled') return;
        tell({
          kind: 'presence',
          atMs: found.atMs,
          groupId: group,
          edgeNodeId: node,
          deviceId: 'deviceId' in found ? found.deviceId : null,
          isOnline: found.type.endsWith('online'),
          because: 'because' in found ? found.because : 'birth',
        });
      },
      onDuplicate: (node, isFound) => tell({ kind: 'duplicate-node', atMs: atMs(), node, isFound }),
      onFault: (node, reason, detail) => tell({ kind: 'fault', atMs: atMs(), node, reason, detail }),
    },
  );
  observer.start();
  try {
    await ended;
  } finally {
    isEnding = true;
    await observer.stop();
  }
  return EXIT.ok;
}
