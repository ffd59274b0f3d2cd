import type { WitnessMetric, WitnessPayload } from './payload-witness.ts';
import type { Connection, ConnectPacket, Content, Packet, PublishPacket, Recording } from './recording.ts';

/** A message of the edge node under test, or one that it was given. */
export interface Message {
  readonly recording: Recording;
  readonly connection: Connection;
  readonly packet: PublishPacket;
  /** Third level of the topic, or `STATE`. */
  readonly verb: string;
  readonly deviceId: string | undefined;
  /** Undefined where the bytes are no Sparkplug payload. */
  readonly payload: WitnessPayload | undefined;
}

/** A connection of the edge node from its CONNECT on. */
export interface EdgeConnection {
  readonly recording: Recording;
  readonly connection: Connection;
  readonly connect: ConnectPacket;
  /** What it has published, in order. */
  readonly messages: readonly Message[];
}

export const toPayload = (content: Content | undefined): WitnessPayload | undefined =>
  content?.kind === 'sparkplug' ? content.payload : undefined;

export const isPublish = (packet: Packet): packet is PublishPacket => packet.kind === 'publish';
const isConnect = (packet: Packet): packet is ConnectPacket => packet.kind === 'connect';

const connectOf = ({ packets }: Connection): ConnectPacket | undefined => packets.find(isConnect);

export function verbOf(topic: string): string {
  const levels = topic.split('/');
  return levels[1] === 'STATE' ? 'STATE' : (levels[2] ?? '');
}

function toMessage(recording: Recording, connection: Connection, packet: PublishPacket): Message {
  const { topic, content } = packet;
  const verb = verbOf(topic);
  return { recording, connection, packet, verb, deviceId: topic.split('/')[4], payload: toPayload(content) };
}

/** Our edge node derives its client id from its descriptor; our host has its host id. */
export const isOfEdge = (recording: Recording, connection: Connection): boolean =>
  connectOf(connection)?.clientId === `${recording.groupId}/${recording.edgeNodeId}`;

export function edgeConnections(recording: Recording): readonly EdgeConnection[] {
  return recording.connections.flatMap((connection) => {
    const connect = connectOf(connection);
    if (connect === undefined || !isOfEdge(recording, connection)) return [];
    return [{ recording, connection, connect, messages: messagesOf(recording, connection, 'client') }];
  });
}

export const messagesOf = (recording: Recording, connection: Connection, from: Packet['from']): readonly Message[] =>
  connection.packets
    .filter((packet) => packet.from === from)
    .filter(isPublish)
    .map((packet) => toMessage(recording, connection, packet));

/** Everything that the edge node has published with one of these verbs; all verbs where none is named. */
export const published =
  (...verbs: readonly string[]) =>
  (recording: Recording): readonly Message[] =>
    edgeConnections(recording)
      .flatMap(({ messages }) => messages)
      .filter(({ verb }) => verbs.length === 0 || verbs.includes(verb));

export interface MetricOfMessage {
  readonly message: Message;
  readonly metric: WitnessMetric;
}

/** Each metric of each message with one of these verbs. */
export const metrics =
  (...verbs: readonly string[]) =>
  (recording: Recording): readonly MetricOfMessage[] =>
    published(...verbs)(recording).flatMap((message) =>
      (message.payload?.metrics ?? []).map((metric) => ({ message, metric })),
    );

export const findMetric = (payload: WitnessPayload | undefined, name: string): WitnessMetric | undefined =>
  payload?.metrics.find((metric) => metric.name === name);

/** bdSeq of a birth or death as a number; undefined where it is missing. */
export function bdSeqOf(payload: WitnessPayload | undefined): number | undefined {
  const value = findMetric(payload, 'bdSeq')?.value;
  return typeof value === 'bigint' ? Number(value) : undefined;
}

/** Names a message for a finding. */
export function nameMessage({ recording, connection, packet, payload }: Message): string {
  const place = recording.connections.indexOf(connection) + 1;
  return `${recording.scenario}, connection ${place}, ${packet.topic}, seq ${payload?.seq ?? 'none'}`;
}
