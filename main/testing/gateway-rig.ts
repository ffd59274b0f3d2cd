import { toOpenLink } from '../compose-links.ts';
import type { BrokerAddress } from '../mqtt/broker-link.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import { type Log, silentLog } from '../platform/log.ts';
import type { BirthDevice, BirthMetric } from '../sparkplug/edge-node-births.ts';
import { createEdgeNodeRunner } from '../sparkplug/edge-node-runner.ts';
import { toEdgeNodeDescriptor } from '../sparkplug/topic.ts';
import { Forwarder, type ForwarderOptions } from '../store-and-forward/forwarder.ts';
import { GroupCommit } from '../store-and-forward/group-commit.ts';
import { WorkerForwardBuffer } from '../store-and-forward/worker-forward-buffer.ts';

export interface GatewayRigOptions {
  /** Tried in this order where there are several. */
  readonly brokerUrl: string | readonly string[];
  readonly folder: string;
  /** Certificates, read anew for each connection. */
  readonly readTls?: () => Promise<NonNullable<BrokerAddress['tls']>>;
  /** Of group `plant`; `line` unless told. */
  readonly edgeNodeId?: string;
  /** Metrics of the one device, `press`. */
  readonly metrics: readonly BirthMetric[];
  readonly nodeMetrics?: readonly BirthMetric[];
  /** Further ones beside `press`. */
  readonly devices?: readonly BirthDevice[];
  readonly primaryHostId?: string;
  readonly historyRowsPerS: number;
  readonly limitBytes?: number;
  readonly maxPacketBytes?: number;
  /** Of the edge node only: one that runs fast shortens its waiting between connections. */
  readonly edgeClock?: Clock;
  readonly log?: Log;
  /** Puts something between forwarder and edge node, to measure it. */
  readonly wrapSender?: (sender: ForwarderOptions['sender']) => ForwarderOptions['sender'];
}

/** The gateway from the append on: real buffer in its thread, forwarder, edge node and MQTT link, put together as the engine does. */
export async function openGatewayRig(options: GatewayRigOptions) {
  const clock = systemClock;
  const { folder, limitBytes = 500_000_000, metrics, log = silentLog } = options;
  const brokerUrls = [options.brokerUrl].flat();
  const buffer = await WorkerForwardBuffer.open({ folder, limitBytes, whenFull: 'drop-oldest' });
  const readAddress = async (index: number): Promise<BrokerAddress> => {
    const url = brokerUrls[index] ?? '';
    return options.readTls === undefined ? { url } : { url, tls: await options.readTls() };
  };
  const edge = createEdgeNodeRunner({
    descriptor: toEdgeNodeDescriptor('plant', options.edgeNodeId ?? 'line'),
    primaryHostId: options.primaryHostId ?? null,
    keepAliveS: 10,
    brokerUrls,
    openLink: toOpenLink(readAddress, clock, log),
    memory: buffer,
    births: {
      nodeMetrics: () => options.nodeMetrics ?? [],
      devices: () => [{ deviceId: 'press', isOnline: true, metrics: [...metrics] }, ...(options.devices ?? [])],
    },
    maxPacketBytes: options.maxPacketBytes,
    clock: options.edgeClock ?? clock,
    log,
    random: () => 0,
  });
  const { historyRowsPerS, wrapSender = (sender) => sender } = options;
  const sender = wrapSender(edge);
  const forwarder = await Forwarder.start({ buffer, sender, clock, log, historyRowsPerS, holdTimeMs: undefined });
  const commit = new GroupCommit({
    buffer,
    clock,
    random: Math.random,
    groupCommitMs: 50,
    groupCommitRows: 500,
    hasSession: () => edge.snapshot().session === 'born',
  });
  commit.committed.on(({ lastRowId }) => forwarder.rowsCommitted(lastRowId));
  edge.onSessionChanged(({ session }) => {
    if (session !== 'born') forwarder.sessionEnded();
  });
  edge.onBorn(() => forwarder.sessionBorn());
  edge.onDeviceBorn((deviceId) => forwarder.deviceBorn(deviceId));
  forwarder.stalled.on(({ text }) => edge.dropLink(new Error(text)));
  const close = async (): Promise<void> => {
    await commit.close(2_000);
    await forwarder.stop();
    await edge.stop();
    await buffer.close();
  };
  return { buffer, edge, forwarder, commit, close };
}
