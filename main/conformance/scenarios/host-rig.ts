import type { HostModelPage } from '../../../shared/domain/host-model.ts';
import { toOpenLink } from '../../compose-links.ts';
import { systemClock } from '../../platform/clock.ts';
import { Lifetime } from '../../platform/lifetime.ts';
import { silentLog } from '../../platform/log.ts';
import type { IncomingMessage } from '../../sparkplug/host-node.ts';
import { createHostRunner, type HostRunner } from '../../sparkplug/host-runner.ts';
import type { HostRecording, Play } from '../host-recording.ts';
import { RecordedBroker } from '../recorded-broker.ts';
import { Recorder } from '../recorder.ts';
import { HOST } from './rig-values.ts';

const NODE = { groupId: 'plant', edgeNodeId: 'line' };

/** Our host on recorded brokers; the scenario is the hand of all edge nodes, and of whoever else speaks there. */
export class HostRig {
  readonly recorder: Recorder;
  readonly brokers: readonly RecordedBroker[];
  readonly #reorderTimeoutMs: number;
  readonly #lifetime: Lifetime;
  readonly #plays: Play[] = [];
  /** What a host remembers over its restarts. */
  readonly #settings = new Map<string, string>();

  private constructor(
    recorder: Recorder,
    brokers: readonly RecordedBroker[],
    reorderTimeoutMs: number,
    lifetime: Lifetime,
  ) {
    this.recorder = recorder;
    this.brokers = brokers;
    this.#reorderTimeoutMs = reorderTimeoutMs;
    this.#lifetime = lifetime;
  }

  /** Runs the scenario and ends everything, whatever happens. */
  static async record(
    scenario: string,
    options: { readonly brokerCount: number; readonly reorderTimeoutMs: number },
    run: (rig: HostRig) => Promise<void>,
  ): Promise<HostRecording> {
    const recorder = new Recorder({ scenario, ...NODE, primaryHostId: HOST });
    const lifetime = new Lifetime();
    try {
      const brokers: RecordedBroker[] = [];
      for (let place = 0; place < options.brokerCount; place += 1) {
        const broker = await RecordedBroker.start(recorder);
        lifetime.own(`broker ${place}`, () => broker.close());
        brokers.push(broker);
      }
      const rig = new HostRig(recorder, brokers, options.reorderTimeoutMs, lifetime);
      await run(rig);
      const { reorderTimeoutMs } = options;
      return { ...recorder.recording, hostId: HOST, reorderTimeoutMs, plays: rig.#plays };
    } finally {
      await lifetime.end();
    }
  }

  /** A host that is ready from the start unless told; it remembers what the one before it knew. */
  startHost(isReady = true): HostRunner {
    const urls = this.brokers.map(({ url }) => url);
    const host = createHostRunner({
      hostId: HOST,
      keepAliveS: 10,
      brokerUrls: urls,
      openLink: toOpenLink((index) => Promise.resolve({ url: urls[index] ?? '' }), systemClock, silentLog),
      memory: {
        readSetting: async (key) => this.#settings.get(key),
        writeSetting: async (key, value) => void this.#settings.set(key, value),
      },
      clock: systemClock,
      log: silentLog,
      random: () => 0,
      reorderTimeoutMs: this.#reorderTimeoutMs,
    });
    this.#lifetime.own('host', () => host.stop());
    host.setReady(isReady);
    host.start();
    return host;
  }

  /** An edge node says something on the first broker. */
  async say({ verb, deviceId, bytes }: IncomingMessage): Promise<void> {
    const topic = `spBv1.0/${NODE.groupId}/${verb}/${NODE.edgeNodeId}${deviceId === null ? '' : `/${deviceId}`}`;
    await this.brokers[0]?.publish(topic, bytes, { qos: verb === 'NDEATH' ? 1 : 0 });
  }

  /** Writes down that this is played from here on. */
  plays(what: Play['what'], more: Partial<Play> = {}): void {
    this.#plays.push({ order: this.recorder.mark, atMs: systemClock.nowMs(), what, ...more });
  }

  /** Writes down what the host knows after the last play. */
  knows(host: HostRunner): void {
    const last = this.#plays.at(-1);
    if (last !== undefined) this.#plays[this.#plays.length - 1] = { ...last, known: lookInto(host) };
  }
}

const lookInto = (host: HostRunner): HostModelPage => host.modelPage({ search: '', fromIndex: 0, maxRows: 100 });

/** Resolves when what the host knows fits; it is looked at whenever the host has understood something. */
export function untilKnown(host: HostRunner, fits: (page: HostModelPage) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const look = (): void => {
      if (!fits(lookInto(host))) return;
      for (const stop of stops) stop();
      resolve();
    };
    stops.push(host.onMetrics(look), host.onNodeChanged(look), host.onDeviceChanged(look));
    look();
  });
}
