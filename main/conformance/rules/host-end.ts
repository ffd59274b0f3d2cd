import { inState, inStateJson } from '../host-mutant.ts';
import { plays } from '../host-recording.ts';
import {
  hostConnections,
  type HostMessage,
  nameHostMessage,
  saidBy,
  stateOf,
  states,
  stateTopic,
  willStateOf,
} from '../host-select.ts';
import { inPacket, type Mutant } from '../mutant.ts';
import type { Recording } from '../recording.ts';
import { all, type Check, every, type Rule, unless } from '../rule.ts';

/** Guide 2.2: the end of the host on purpose. */

/** Connections that were open when the host was asked to stop. */
const ended = (recording: Recording) =>
  plays('stop-asked')(recording).flatMap(({ play }) =>
    hostConnections(recording)
      .filter(
        ({ connection: { opened, closed } }) => opened.order < play.order && (closed?.order ?? Infinity) > play.order,
      )
      .map((one) => ({ one, play })),
  );
const deaths = (judge: (message: HostMessage) => string | undefined): Check =>
  every(states(false), nameHostMessage, judge);

const diesFirst: Check = every(
  ended,
  ({ one }) => one.recording.scenario,
  ({ one, play }) => {
    const death = saidBy(one).find((packet) => packet.order >= play.order && stateOf(packet)?.isOnline === false);
    const end = one.connection.packets.find(({ kind }) => kind === 'disconnect');
    if (death === undefined) return 'ends without a STATE that says offline';
    return unless(end === undefined || end.order > death.order, 'disconnects before it says offline');
  },
);

/** Without DISCONNECT the broker would publish the Will on top of it. */
const disconnects: Check = every(
  ended,
  ({ one }) => one.recording.scenario,
  ({ one }) =>
    unless(
      one.connection.packets.at(-1)?.kind === 'disconnect',
      `its last packet is ${one.connection.packets.at(-1)?.kind ?? 'none'}`,
    ),
);

/** The death on purpose has the time at which the host was asked to stop or a later one. */
const deathTime: Check = every(
  ended,
  ({ one }) => one.recording.scenario,
  ({ one, play }) => {
    const death = saidBy(one).find((packet) => packet.order >= play.order && stateOf(packet)?.isOnline === false);
    const timestampMs = stateOf(death)?.timestampMs ?? NaN;
    const isNow = timestampMs >= play.atMs && timestampMs <= (death?.atMs ?? 0);
    return unless(isNow && timestampMs !== willStateOf(one)?.timestampMs, `dies at ${timestampMs}, not now`);
  },
);

const withoutDeath: Mutant = inState(false, 'says online at the end', () => ({
  content: { kind: 'state', json: { online: true, timestamp: 1 } },
}));
const oldTime: Mutant = inStateJson(false, 'has the time of the session', (json) => ({ ...json, timestamp: 1_000 }));
const withoutDisconnect = inPacket('DISCONNECT: is not sent', (packet) =>
  packet.kind === 'disconnect' ? [] : undefined,
);

export const hostEndRules: readonly Rule[] = [
  {
    ids: ['tck-id-operational-behavior-host-application-termination'],
    says: 'a host that is asked to stop says offline on each broker before it leaves',
    check: diesFirst,
    mutants: [withoutDeath],
  },
  {
    ids: ['tck-id-operational-behavior-host-application-death-topic'],
    says: 'STATE offline goes to spBv1.0/STATE and the host id',
    check: all(
      deaths(({ recording, packet }) => unless(packet.topic === stateTopic(recording), `goes to ${packet.topic}`)),
      diesFirst,
    ),
    mutants: [inState(false, 'goes to another host', () => ({ topic: 'spBv1.0/STATE/other' }))],
  },
  {
    ids: ['tck-id-operational-behavior-host-application-death-payload'],
    says: 'STATE offline is JSON with the boolean false and a number as timestamp',
    check: diesFirst,
    mutants: [
      inStateJson(false, 'says offline as text', (json) => ({ ...json, online: 'false' })),
      inStateJson(false, 'has no timestamp', () => ({ online: false })),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-host-application-death-qos'],
    says: 'STATE offline has QoS 1',
    check: deaths(({ packet }) => unless(packet.qos === 1, `has QoS ${packet.qos}`)),
    mutants: [inState(false, 'has QoS 0', () => ({ qos: 0 }))],
  },
  {
    ids: ['tck-id-operational-behavior-host-application-death-retained'],
    says: 'STATE offline is retained',
    check: deaths(({ packet }) => unless(packet.isRetained, 'is not retained')),
    mutants: [inState(false, 'is not retained', () => ({ isRetained: false }))],
  },
  {
    ids: ['tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean'],
    says: 'the STATE offline before a DISCONNECT has the time of the end, not that of the session',
    check: all(deathTime, disconnects),
    mutants: [oldTime],
  },
  {
    ids: ['tck-id-host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet'],
    says: 'no end on purpose goes without a DISCONNECT, and each STATE offline has the time of the end',
    check: all(disconnects, deathTime),
    mutants: [withoutDisconnect, oldTime],
  },
  {
    ids: ['tck-id-operational-behavior-host-application-disconnect-intentional'],
    says: 'a host that is asked to stop sends DISCONNECT after its STATE offline',
    check: all(diesFirst, disconnects),
    mutants: [withoutDisconnect],
  },
];
