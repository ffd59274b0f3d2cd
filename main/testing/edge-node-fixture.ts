import type { MetricChange, MetricValue } from '../../shared/domain/metric.ts';
import { silentLog } from '../platform/log.ts';
import { decodePayload } from '../sparkplug/decode-payload.ts';
import type { EdgeNodeParts } from '../sparkplug/edge-node.ts';
import { type BirthMetric, encodeRebirthRequest } from '../sparkplug/edge-node-births.ts';
import { createEdgeNodeRunner } from '../sparkplug/edge-node-runner.ts';
import type { Payload } from '../sparkplug/payload.ts';
import type { SessionMemory } from '../sparkplug/sparkplug-link.ts';
import { toEdgeNodeDescriptor } from '../sparkplug/topic.ts';
import { fakeClock } from './fake-clock.ts';
import { LoopBroker, type TakenMessage } from './loop-broker.ts';

/** Lets everything that is already on its way arrive. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
}

export const metric = (metricName: string, value: MetricValue = 1): BirthMetric => ({
  metricName,
  datatype: 'Double',
  value,
  quality: 'good',
  statusCode: 0,
  timestampMs: 1_000,
});
export const change = (deviceId: string | null, metricName: string, timestampMs: number, value = 1): MetricChange => ({
  ...metric(metricName, value),
  deviceId,
  timestampMs,
});
/** Small facts that a runner keeps; gone with the test. */
export function newMemory(): SessionMemory {
  const settings = new Map<string, string>();
  return {
    readSetting: async (key) => settings.get(key),
    writeSetting: async (key, value) => void settings.set(key, value),
  };
}

export const payloadOf = ({ payload }: TakenMessage): Payload => {
  const result = decodePayload(payload);
  if (result.kind === 'fault') throw new Error(result.reason);
  return result.payload;
};
/** Verb and names of a topic: `DDATA/line/press`. */
const verb = ({ topic }: TakenMessage): string => topic.split('/').slice(2).join('/');

interface FixtureOptions {
  readonly primaryHostId?: string;
  readonly brokers?: number;
  readonly maxPacketBytes?: number;
}

export function fixture(options: FixtureOptions = {}) {
  const clock = fakeClock();
  const broker = new LoopBroker();
  const brokers = [broker, ...Array.from({ length: (options.brokers ?? 1) - 1 }, () => new LoopBroker())];
  const settings = new Map<string, string>();
  const devices = [
    { deviceId: 'press', isOnline: true, metrics: [metric('speed'), metric('count')] },
    { deviceId: 'oven', isOnline: true, metrics: [metric('speed')] },
    { deviceId: 'robot', isOnline: false, metrics: [metric('speed')] },
  ];
  const parts: EdgeNodeParts = {
    descriptor: toEdgeNodeDescriptor('plant', 'line'),
    primaryHostId: options.primaryHostId ?? null,
    keepAliveS: 10,
    brokerUrls: brokers.map((_broker, index) => `mqtt://loop-${index}:1883`),
    openLink: (brokerIndex, request) => (brokers[brokerIndex] ?? broker).open(request),
    memory: {
      readSetting: async (key) => settings.get(key),
      writeSetting: async (key, value) => void settings.set(key, value),
    },
    maxPacketBytes: options.maxPacketBytes,
    births: { nodeMetrics: () => [metric('load')], devices: () => devices },
    clock,
    log: silentLog,
    random: () => 1,
  };
  const taken = (from = 0): string[] => broker.taken.slice(from).map(verb);
  const askRebirth = (retain = false): void =>
    broker.inject('spBv1.0/plant/NCMD/line', encodeRebirthRequest(0), retain);
  return { clock, brokers, broker, settings, devices, parts, taken, askRebirth, runner: createEdgeNodeRunner(parts) };
}

export async function born(options?: Parameters<typeof fixture>[0]) {
  const all = fixture(options);
  all.runner.start();
  await settle();
  return all;
}
