import { toHostRecording } from './host-recording.ts';
import { inPacket, type Mutant, mutant } from './mutant.ts';
import type { WitnessPayload } from './payload-witness.ts';
import type { ConnectPacket, PublishPacket } from './recording.ts';
import { isPublish, toPayload, verbOf } from './select.ts';

/** The first message of the host with this verb that `change` does not leave alone. */
export const inHostMessage = (
  verb: string,
  fault: string,
  change: (packet: PublishPacket) => Partial<PublishPacket> | undefined,
): Mutant =>
  inPacket(`${verb}: ${fault}`, (packet) => {
    if (!isPublish(packet) || packet.from !== 'client' || verbOf(packet.topic) !== verb) return undefined;
    const changes = change(packet);
    return changes === undefined ? undefined : [{ ...packet, ...changes }];
  });

/** The first STATE of the host that says `isOnline`. */
export const inState = (
  isOnline: boolean,
  fault: string,
  change: (packet: PublishPacket) => Partial<PublishPacket>,
): Mutant =>
  inHostMessage('STATE', fault, (packet) => {
    const { content } = packet;
    const json = content.kind === 'state' ? content.json : undefined;
    const isMeant = typeof json === 'object' && json !== null && 'online' in json && json.online === isOnline;
    return isMeant ? change(packet) : undefined;
  });

/** Another JSON in the place of what the STATE says. */
export const inStateJson = (isOnline: boolean, fault: string, change: (json: object) => unknown): Mutant =>
  inState(isOnline, fault, ({ content }) => ({
    content: {
      kind: 'state',
      json: change(content.kind === 'state' && typeof content.json === 'object' ? (content.json ?? {}) : {}),
    },
  }));

/** A CONNECT of the host. */
export const inHostConnect = (fault: string, change: (connect: ConnectPacket) => Partial<ConnectPacket>): Mutant =>
  inPacket(`CONNECT: ${fault}`, (packet) =>
    packet.kind === 'connect' && packet.will !== undefined ? [{ ...packet, ...change(packet) }] : undefined,
  );

export const inHostWill = (fault: string, change: Partial<NonNullable<ConnectPacket['will']>>): Mutant =>
  inHostConnect(`Will ${fault}`, ({ will }) => ({ will: will && { ...will, ...change } }));

export const inHostWillJson = (fault: string, change: (json: object) => unknown): Mutant =>
  inHostConnect(`Will ${fault}`, ({ willContent }) => ({
    willContent: {
      kind: 'state',
      json: change(
        willContent?.kind === 'state' && typeof willContent.json === 'object' ? (willContent.json ?? {}) : {},
      ),
    },
  }));

/** The payload of the first command with this verb for which `change` gives something. */
export const inCommand = (
  verb: string,
  fault: string,
  change: (payload: WitnessPayload) => Partial<WitnessPayload> | undefined,
): Mutant =>
  inHostMessage(verb, fault, ({ content }) => {
    const payload = toPayload(content);
    const changes = payload && change(payload);
    return payload && changes && { content: { kind: 'sparkplug', payload: { ...payload, ...changes } } };
  });

/** The host never sends what fits. */
export const unsaid = (verb: string, fits: (packet: PublishPacket) => boolean = () => true): Mutant =>
  mutant(`${verb}: is never sent`, (recording) => {
    let isChanged = false;
    const connections = recording.connections.map((connection) => {
      const packets = connection.packets.filter((packet) => {
        if (!isPublish(packet) || packet.from !== 'client' || verbOf(packet.topic) !== verb) return true;
        return !fits(packet);
      });
      isChanged ||= packets.length < connection.packets.length;
      return { ...connection, packets };
    });
    return isChanged ? { ...recording, connections } : undefined;
  });

/** The host understood something else: a change of what it knew after the first play that `change` alters. */
export const inKnown = (
  fault: string,
  change: (play: ReturnType<typeof toHostRecording>['plays'][number]) => typeof play | undefined,
): Mutant =>
  mutant(`the host ${fault}`, (recording) => {
    const own = toHostRecording(recording);
    for (const [at, play] of own.plays.entries()) {
      const changed = change(play);
      if (changed === undefined) continue;
      const faulty: typeof own = { ...own, plays: own.plays.with(at, changed) };
      return faulty;
    }
    return undefined;
  });
