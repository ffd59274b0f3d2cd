import { encodeCommand } from '../payload-witness.ts';
import type { RecordedBroker } from '../recorded-broker.ts';
import type { Recorder } from '../recorder.ts';
import type { Recording } from '../recording.ts';
import { edgeConnections, type Message, published } from '../select.ts';

/** What the scenarios do and wait for, each in one call. */

export interface Wanted {
  readonly verb: string;
  /** Only what was recorded from this mark on. */
  readonly since?: number;
  readonly deviceId?: string;
  readonly count?: number;
  readonly fits?: (message: Message) => boolean;
}

const find = (recording: Recording, { verb, since = 0, deviceId, fits }: Wanted): readonly Message[] =>
  published(verb)(recording).filter(
    (message) =>
      message.packet.order >= since &&
      (deviceId === undefined || message.deviceId === deviceId) &&
      (fits?.(message) ?? true),
  );

/** Waits until the edge node has published such messages. */
export function untilPublished(recorder: Recorder, wanted: Wanted, limitMs?: number): Promise<void> {
  const { verb, deviceId = '', count = 1 } = wanted;
  return recorder.until(`${count} × ${verb} ${deviceId}`, (seen) => find(seen, wanted).length >= count, limitMs);
}

/** Waits until the edge node is connected and the broker has answered its subscription. */
export const untilSubscribed = (recorder: Recorder, since = 0): Promise<void> =>
  recorder.until('a subscription', (recording) =>
    edgeConnections(recording).some(
      ({ connection }) =>
        connection.closed === undefined &&
        connection.packets.some(({ kind, order }) => kind === 'suback' && order >= since),
    ),
  );

/** Waits until the broker has answered a ping: what it was to send before has been sent and taken. */
export async function untilIdle(recorder: Recorder, idleMs: number): Promise<void> {
  for (let seen = -1; seen !== recorder.mark;) {
    seen = recorder.mark;
    await recorder.pause(idleMs);
  }
}

/** Waits until every connection has ended, with its last packets. */
export const untilClosed = (recorder: Recorder): Promise<void> =>
  recorder.until('the end of all connections', ({ connections }) =>
    connections.every(({ closed }) => closed !== undefined),
  );

const REBIRTH = 'Node Control/Rebirth';

/** Asks for all births: by name, with or without what a host may leave out. */
export function askRebirth(
  broker: RecordedBroker,
  { groupId, edgeNodeId }: Pick<Recording, 'groupId' | 'edgeNodeId'>,
  options: { readonly value?: boolean; readonly isBare?: boolean; readonly qos?: 0 | 1 } = {},
): Promise<void> {
  const { value = true, isBare = false, qos = 0 } = options;
  const nowMs = Date.now();
  const payload = isBare
    ? encodeCommand({ metrics: [{ name: REBIRTH, booleanValue: value }] })
    : encodeCommand({
        timestampMs: nowMs,
        metrics: [{ name: REBIRTH, timestamp: nowMs, datatype: 11, booleanValue: value }],
      });
  return broker.publish(`spBv1.0/${groupId}/NCMD/${edgeNodeId}`, payload, { qos });
}
