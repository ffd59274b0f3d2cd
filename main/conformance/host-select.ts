import { type HostRecording, toHostRecording } from './host-recording.ts';
import type { Connection, ConnectPacket, Packet, PublishPacket, Recording } from './recording.ts';
import { isPublish, toPayload, verbOf } from './select.ts';

/** A connection of the host under test; a tool of ours that only listens and commands is none. */
export interface HostConnection {
  readonly recording: HostRecording;
  readonly connection: Connection;
  readonly connect: ConnectPacket;
}

export const stateTopic = ({ hostId }: HostRecording): string => `spBv1.0/STATE/${hostId}`;

export function hostConnections(recording: Recording): readonly HostConnection[] {
  const own = toHostRecording(recording);
  return own.connections.flatMap((connection) => {
    const connect = connection.packets.find((packet) => packet.kind === 'connect');
    // On the brokers behind the first its place is part of the client id: two addresses may be one broker.
    const { clientId } = connect ?? { clientId: '' };
    const isOwn = clientId === own.hostId || clientId === `${own.hostId}-${connection.broker + 1}`;
    return connect !== undefined && isOwn ? [{ recording: own, connection, connect }] : [];
  });
}

export const nameHostConnection = ({ recording, connection }: HostConnection): string =>
  `${recording.scenario}, connection ${recording.connections.indexOf(connection) + 1}`;

/** What `STATE` says, by the letter of the specification; undefined where it is no STATE. */
export function readState(json: unknown): { readonly isOnline: boolean; readonly timestampMs: number } | undefined {
  if (typeof json !== 'object' || json === null || !('online' in json) || !('timestamp' in json)) return undefined;
  const { online, timestamp } = json;
  if (typeof online !== 'boolean' || typeof timestamp !== 'number' || !Number.isInteger(timestamp)) return undefined;
  return { isOnline: online, timestampMs: timestamp };
}

export const stateOf = (packet: Packet | undefined): ReturnType<typeof readState> =>
  packet !== undefined && isPublish(packet) && packet.content.kind === 'state'
    ? readState(packet.content.json)
    : undefined;

export const willStateOf = ({ connect }: HostConnection): ReturnType<typeof readState> =>
  connect.willContent?.kind === 'state' ? readState(connect.willContent.json) : undefined;

/** What the host has published on a connection, in order. */
export const saidBy = ({ connection }: Pick<HostConnection, 'connection'>): readonly PublishPacket[] =>
  connection.packets.filter(isPublish).filter(({ from }) => from === 'client');

/** A connection on which the host was admitted: it says something there. */
export const hostSessions = (recording: Recording): readonly HostConnection[] =>
  hostConnections(recording).filter((one) => saidBy(one).length > 0);

export interface HostMessage {
  readonly recording: HostRecording;
  readonly connection: Connection;
  readonly packet: PublishPacket;
}

export const nameHostMessage = ({ recording, packet }: HostMessage): string =>
  `${recording.scenario}, ${packet.topic} at ${packet.order}`;

/** Everything that our hosts and tools have published with this verb. */
export const hostMessages =
  (...verbs: readonly string[]) =>
  (recording: Recording): readonly HostMessage[] => {
    const own = toHostRecording(recording);
    return own.connections.flatMap((connection) =>
      saidBy({ connection })
        .filter(({ topic }) => verbs.includes(verbOf(topic)))
        .map((packet) => ({ recording: own, connection, packet })),
    );
  };

/** STATE messages that say this. */
export const states =
  (isOnline: boolean) =>
  (recording: Recording): readonly HostMessage[] =>
    hostMessages('STATE')(recording).filter(({ packet }) => stateOf(packet)?.isOnline === isOnline);

const REBIRTH = 'Node Control/Rebirth';

/** Commands that ask for births. */
export const rebirthRequests = (recording: Recording): readonly HostMessage[] =>
  hostMessages(
    'NCMD',
    'DCMD',
  )(recording).filter(({ packet }) =>
    toPayload(packet.content)?.metrics.some(({ name }) => name?.toLowerCase() === REBIRTH.toLowerCase()),
  );
