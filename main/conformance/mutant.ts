import type { WitnessMetric, WitnessPayload } from './payload-witness.ts';
import type { Connection, ConnectPacket, Content, Packet, PublishPacket, Recording } from './recording.ts';
import { isOfEdge, isPublish, toPayload, verbOf } from './select.ts';

/** A deliberate fault in a copy of the recordings, to prove that a check can fail. */
export interface Mutant {
  /** What an edge node or host with this fault would do. */
  readonly fault: string;
  /** Throws where the recordings hold nothing that could be made faulty. */
  apply(recordings: readonly Recording[]): readonly Recording[];
}

type Place = { readonly recording: Recording; readonly connection: Connection };

/** Changes each recording for which `change` gives another one: a fault of an engine shows itself everywhere. */
export function mutant(fault: string, change: (recording: Recording) => Recording | undefined): Mutant {
  return {
    fault,
    apply(recordings) {
      const changed = recordings.map(change);
      if (changed.every((recording) => recording === undefined)) {
        throw new Error(`no recording can have the fault "${fault}"`);
      }
      return recordings.map((recording, index) => changed[index] ?? recording);
    },
  };
}

/** Puts other packets in the place of the first one of a recording that fits; an empty list: it was never sent. */
export const inPacket = (
  fault: string,
  replace: (packet: Packet, place: Place) => readonly Packet[] | undefined,
): Mutant =>
  mutant(fault, (recording) => {
    for (const [index, connection] of recording.connections.entries()) {
      for (const [at, packet] of connection.packets.entries()) {
        const replaced = replace(packet, { recording, connection });
        if (replaced === undefined) continue;
        const packets = [...connection.packets.slice(0, at), ...replaced, ...connection.packets.slice(at + 1)];
        return { ...recording, connections: recording.connections.with(index, { ...connection, packets }) };
      }
    }
    return undefined;
  });

/** Of the edge node under test, with this verb. */
const isOwn = (packet: Packet, verb: string, { recording, connection }: Place): packet is PublishPacket =>
  isPublish(packet) && packet.from === 'client' && verbOf(packet.topic) === verb && isOfEdge(recording, connection);

/** Changes the first message with this verb that `change` does not leave alone. */
export const inMessage = (
  verb: string,
  fault: string,
  change: (packet: PublishPacket, place: Place) => Partial<PublishPacket> | undefined,
): Mutant =>
  inPacket(`${verb}: ${fault}`, (packet, place) => {
    if (!isOwn(packet, verb, place)) return undefined;
    const changes = change(packet, place);
    return changes === undefined ? undefined : [{ ...packet, ...changes }];
  });

const toContentOf = (payload: WitnessPayload): Content => ({ kind: 'sparkplug', payload });

/** Changes the payload of the first message with this verb for which `change` gives something. */
export const inPayload = (
  verb: string,
  fault: string,
  change: (payload: WitnessPayload) => Partial<WitnessPayload> | undefined,
): Mutant =>
  inMessage(verb, fault, ({ content }) => {
    const payload = toPayload(content);
    const changes = payload && change(payload);
    return payload && changes && { content: toContentOf({ ...payload, ...changes }) };
  });

/** Changes the first metric that fits in a message with this verb. */
export const inMetric = (
  verb: string,
  fault: string,
  fits: (metric: WitnessMetric) => boolean,
  change: (metric: WitnessMetric) => Partial<WitnessMetric>,
): Mutant =>
  inPayload(verb, fault, ({ metrics }) => {
    const at = metrics.findIndex(fits);
    const metric = metrics[at];
    return metric && { metrics: metrics.with(at, { ...metric, ...change(metric) }) };
  });

/** Leaves the first metric that fits out of a message with this verb. */
export const withoutMetric = (verb: string, fault: string, fits: (metric: WitnessMetric) => boolean): Mutant =>
  inPayload(verb, fault, ({ metrics }) => {
    const at = metrics.findIndex(fits);
    return at < 0 ? undefined : { metrics: metrics.toSpliced(at, 1) };
  });

/** Bytes that are no payload. */
export const unreadable = (verb: string): Mutant =>
  inMessage(verb, 'its payload is no protobuf', () => ({ content: { kind: 'unreadable', reason: 'mutated' } }));

/** The first message with this verb that fits was never sent. */
export const dropped = (verb: string, fits: (packet: PublishPacket) => boolean = () => true): Mutant =>
  inPacket(`${verb}: is not sent`, (packet, place) => (isOwn(packet, verb, place) && fits(packet) ? [] : undefined));

/** Changes a CONNECT of the edge node; the first that `change` does not leave alone. */
export const inConnect = (
  fault: string,
  change: (connect: ConnectPacket, place: Place) => Partial<ConnectPacket> | undefined,
): Mutant =>
  inPacket(`CONNECT: ${fault}`, (packet, place) => {
    if (packet.kind !== 'connect' || !isOfEdge(place.recording, place.connection)) return undefined;
    const changes = change(packet, place);
    return changes === undefined ? undefined : [{ ...packet, ...changes }];
  });

/** Changes the payload of the Will. */
export const inWill = (fault: string, change: (payload: WitnessPayload) => Partial<WitnessPayload>): Mutant =>
  inConnect(`Will: ${fault}`, ({ willContent }) => {
    const payload = toPayload(willContent);
    return payload && { willContent: toContentOf({ ...payload, ...change(payload) }) };
  });

/** Changes the filter of this verb in the first SUBSCRIBE that has one. */
export const inFilter = (verb: string, fault: string, change: (filter: string) => string, qos?: number) =>
  inPacket(`SUBSCRIBE: ${fault}`, (packet) => {
    if (packet.kind !== 'subscribe' || !packet.filters.some(({ filter }) => verbOf(filter) === verb)) return undefined;
    const changed = packet.filters.map((one) =>
      verbOf(one.filter) === verb ? { filter: change(one.filter), qos: qos ?? one.qos } : one,
    );
    return [{ ...packet, filters: changed }];
  });

/** Puts the first packet that fits before the first one of the same connection that the second predicate fits. */
export const movedBefore = (
  fault: string,
  fits: (packet: Packet) => boolean,
  target: (packet: Packet) => boolean,
): Mutant =>
  mutant(fault, (recording) => {
    for (const [index, connection] of recording.connections.entries()) {
      if (!isOfEdge(recording, connection)) continue;
      const { packets } = connection;
      const to = packets.findIndex(target);
      const from = packets.findIndex((packet, at) => at > to && fits(packet));
      const [moved, before] = [packets[from], packets[to]];
      if (to < 0 || moved === undefined || before === undefined) continue;
      const early = { ...moved, order: before.order - 0.5, atMs: before.atMs };
      const changed = [...packets.slice(0, to), early, ...packets.slice(to, from), ...packets.slice(from + 1)];
      return { ...recording, connections: recording.connections.with(index, { ...connection, packets: changed }) };
    }
    return undefined;
  });

/** The edge node publishes this. */
export const isSent =
  (verb: string) =>
  (packet: Packet): boolean =>
    isPublish(packet) && packet.from === 'client' && verbOf(packet.topic) === verb;
