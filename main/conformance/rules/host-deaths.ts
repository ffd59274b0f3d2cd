import type { HostModelPage } from '../../../shared/domain/host-model.ts';
import { inKnown } from '../host-mutant.ts';
import { type Play, plays } from '../host-recording.ts';
import type { Mutant } from '../mutant.ts';
import { type Check, every, type Rule, unless } from '../rule.ts';

/** Guide 2.4: what the host knows after a death. */

type Known = { readonly play: Play; readonly known: HostModelPage };
const after = (what: Play['what'], judge: (known: Known) => string | undefined): Check =>
  every(
    plays(what),
    ({ recording }) => recording.scenario,
    ({ play }) => (play.known === undefined ? 'nobody looked into the host' : judge({ play, known: play.known })),
  );

const node = ({ known }: Known) => known.nodes[0];
const rows = ({ known }: Known, isOwn: (deviceId: string | null) => boolean) =>
  known.rows.filter(({ deviceId }) => isOwn(deviceId));

/** All of them, and at least one. */
const allStale = (found: ReturnType<typeof rows>): boolean => found.length > 0 && found.every(({ isStale }) => isStale);

const change = (what: Play['what'], fault: string, edit: (page: HostModelPage) => HostModelPage): Mutant =>
  inKnown(fault, (play) =>
    play.what === what && play.known !== undefined ? { ...play, known: edit(play.known) } : undefined,
  );
const fresh = (page: HostModelPage, isMeant: (deviceId: string | null) => boolean): HostModelPage => ({
  ...page,
  rows: page.rows.map((row) => (isMeant(row.deviceId) ? { ...row, isStale: false } : row)),
});
const revived = (page: HostModelPage): HostModelPage => ({
  ...page,
  nodes: page.nodes.map((one) => ({
    ...one,
    devices: one.devices.map((device) => ({ ...device, isOnline: true })),
  })),
});

export const hostDeathRules: readonly Rule[] = [
  {
    ids: ['tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline'],
    says: 'after NDEATH the edge node is offline, since the moment in which the host received it',
    check: after('node-death', (all) => {
      const { isOnline, sinceMs } = node(all) ?? { isOnline: true, sinceMs: null };
      return unless(!isOnline && (sinceMs ?? 0) >= all.play.atMs, `online ${isOnline}, since ${sinceMs}`);
    }),
    mutants: [
      change('node-death', 'thinks that the node lives', (page) => ({
        ...page,
        nodes: page.nodes.map((one) => ({ ...one, isOnline: true })),
      })),
      change('node-death', 'takes the time of the CONNECT', (page) => ({
        ...page,
        nodes: page.nodes.map((one) => ({ ...one, sinceMs: 1_000 })),
      })),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale'],
    says: 'after NDEATH all metrics of the edge node are stale',
    check: after('node-death', (all) =>
      unless(allStale(rows(all, (deviceId) => deviceId === null)), 'metrics of the node are fresh'),
    ),
    mutants: [change('node-death', 'keeps its metrics', (page) => fresh(page, (deviceId) => deviceId === null))],
  },
  {
    ids: ['tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-offline'],
    says: 'after NDEATH all devices of the edge node are offline',
    check: after('node-death', (all) => {
      const devices = node(all)?.devices ?? [];
      return unless(devices.length > 1 && devices.every(({ isOnline }) => !isOnline), 'a device is online');
    }),
    mutants: [change('node-death', 'keeps the devices', revived)],
  },
  {
    ids: ['tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale'],
    says: 'after NDEATH all metrics of all devices are stale',
    check: after('node-death', (all) =>
      unless(allStale(rows(all, (deviceId) => deviceId !== null)), 'metrics of a device are fresh'),
    ),
    mutants: [change('node-death', 'keeps metrics of a device', (page) => fresh(page, (id) => id === 'oven'))],
  },
  {
    ids: ['tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline'],
    says: 'after DDEATH the device is offline since the time of the message, and no other is',
    check: after('device-death', (all) => {
      const devices = node(all)?.devices ?? [];
      const dead = devices.find(({ deviceId }) => deviceId === all.play.deviceId);
      if (dead?.isOnline !== false || dead.sinceMs !== all.play.timestampMs)
        return 'the device is not offline since then';
      return unless(
        devices.filter(({ isOnline }) => isOnline).length === devices.length - 1,
        'another device is offline too',
      );
    }),
    mutants: [
      change('device-death', 'keeps the device', revived),
      change('device-death', 'takes its own time', (page) => ({
        ...page,
        nodes: page.nodes.map((one) => ({ ...one, devices: one.devices.map((device) => ({ ...device, sinceMs: 1 })) })),
      })),
    ],
  },
  {
    ids: ['tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale'],
    says: 'after DDEATH all metrics of the device are stale, and no others',
    check: after('device-death', (all) => {
      const { deviceId } = all.play;
      const others = rows(all, (id) => id !== deviceId);
      const isRight = allStale(rows(all, (id) => id === deviceId)) && others.every(({ isStale }) => !isStale);
      return unless(isRight, 'its metrics are fresh, or others are stale');
    }),
    mutants: [
      change('device-death', 'keeps metrics of the device', (page) => fresh(page, (id) => id === 'press')),
      change('device-death', 'gives up all devices', (page) => ({
        ...page,
        rows: page.rows.map((row) => ({ ...row, isStale: true })),
      })),
    ],
  },
];
