import { beforeEach, describe, expect, it } from 'vitest';
import { SiteConfig } from '../../shared/config/site.ts';
import type { MetricChange, Sample } from '../../shared/domain/metric.ts';
import { Mapping } from '../mapping/mapping.ts';
import { devicesByServer, toMappedTags, toTagId } from '../mapping/tag-map.ts';
import { silentLog } from '../platform/log.ts';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import { LiveImage } from './live-image.ts';
import { Observation } from './observation.ts';
import { SiteTakeover, type TagTaker } from './site-takeover.ts';

type Machines = Readonly<Record<string, readonly (string | { metric: string; datatype: string })[]>>;

/** Filler and Capper are at the first server, Packer at the second. */
const siteOf = (machines: Machines): SiteConfig =>
  SiteConfig.parse({
    site: { enterprise: 'Acme', site: 'S', area: 'A', line: 'L', timeZone: 'Europe/Berlin' },
    sparkplug: { groupId: 'G', edgeNodeId: 'E' },
    brokers: [{ url: 'mqtt://127.0.0.1:1883' }],
    opcuaServers: ['one', 'two'].map((id) => ({ id, endpointUrl: `opc.tcp://127.0.0.1/${id}` })),
    machines: Object.entries(machines).map(([id, tags]) => ({
      id,
      server: id === 'Packer' ? 'two' : 'one',
      tags: tags.map((tag) => ({
        node: `nsu=urn:plc;s=${id}`,
        datatype: 'Double',
        ...(typeof tag === 'string' ? { metric: tag } : tag),
      })),
    })),
  });

const BEFORE: Machines = { Filler: ['A', 'B'], Capper: ['A'], Packer: ['A'] };

describe('the take-over of a changed site', () => {
  let clock: FakeClock;
  let told: string[];
  let stored: MetricChange[];
  let mapping: Mapping;
  let image: LiveImage;
  let takeover: SiteTakeover;
  let flush: () => Promise<void>;
  let isAway: boolean;

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };
  const birthOf = (deviceId: string): string[] =>
    image
      .devices()
      .filter((device) => device.deviceId === deviceId)
      .flatMap(({ metrics }) => metrics.map(({ metricName, value }) => `${metricName}=${String(value)}`));
  const sample = (deviceId: string, metricName: string, value: number): Sample => ({
    tagId: toTagId(deviceId, metricName),
    value,
    quality: 'good',
    statusCode: 0,
    sourceTimestampMs: clock.nowMs(),
    hasSourceTime: true,
    serverTimestampMs: clock.nowMs(),
    hasOverflow: false,
  });

  beforeEach(() => {
    clock = fakeClock();
    told = [];
    stored = [];
    isAway = false;
    flush = () => Promise.resolve();
    const started = siteOf(BEFORE);
    mapping = new Mapping(toMappedTags(started));
    image = new LiveImage(mapping, clock.nowMs());
    const observation = new Observation(devicesByServer(mapping.tags));
    for (const [serverId, deviceId] of [
      ['one', 'Filler'],
      ['one', 'Capper'],
      ['two', 'Packer'],
    ] as const) {
      observation.serverConnected(serverId, clock.nowMs());
      image.setOnline(observation.deviceHeard(serverId, deviceId, clock.nowMs())!);
    }
    const source = (serverId: string): TagTaker => ({
      serverId,
      source: {
        changeTags(tags) {
          told.push(`${serverId}: ${tags.map(({ tagId, datatype }) => `${tagId} ${datatype}`).join(', ')}`);
          return Promise.resolve(isAway ? { phase: 'away' } : { phase: 'taken', refused: [] });
        },
      },
    });
    takeover = new SiteTakeover({
      started,
      sources: [source('one'), source('two')],
      mapping,
      image,
      observation,
      writer: {
        add: (changes) => void stored.push(...changes),
        flush: () => {
          told.push('flush');
          return flush();
        },
      },
      forwarder: {
        flush: () => Promise.resolve(true),
        deviceGone: (deviceId) => void told.push(`${deviceId} gone`),
      },
      edgeNode: {
        deviceOnlineChanged: (deviceId, isOnline) =>
          void told.push(`${deviceId} ${isOnline ? `birth ${birthOf(deviceId).join(' ')}` : 'death'}`),
      },
      clock,
      log: silentLog,
    });
  });

  it('ends what goes, stores and sends it, bears the touched device, and then watches what is new', async () => {
    mapping.accept([sample('Filler', 'A', 7), sample('Filler', 'B', 8)], clock.nowMs());
    await takeover.take(siteOf({ ...BEFORE, Filler: ['A', 'C'] }));
    expect(told).toEqual([
      'one: Filler.A Double, Capper.A Double',
      'flush',
      'Filler birth Connection/Online=true A=7 C=null',
      'one: Filler.A Double, Filler.C Double, Capper.A Double',
    ]);
  });

  it('lets a value of a tag of another datatype begin anew, stale since the change', async () => {
    mapping.accept([sample('Capper', 'A', 7)], clock.nowMs());
    clock.advanceMs(5_000);
    await takeover.take(siteOf({ ...BEFORE, Capper: [{ metric: 'A', datatype: 'Int32' }] }));
    const [, metric] = image.devices().find(({ deviceId }) => deviceId === 'Capper')?.metrics ?? [];
    expect(metric).toMatchObject({ datatype: 'Int32', value: null, quality: 'stale', timestampMs: clock.nowMs() });
    expect(told.filter((line) => line.startsWith('one'))).toEqual([
      'one: Filler.A Double, Filler.B Double',
      'one: Filler.A Double, Filler.B Double, Capper.A Int32',
    ]);
  });

  it('says of a removed machine that nothing is known from now on, before its death, and forgets it', async () => {
    await takeover.take(siteOf({ Filler: ['A', 'B'], Packer: ['A'] }));
    expect(stored).toMatchObject([{ deviceId: 'Capper', metricName: 'Connection/Online', value: false }]);
    expect(told).toEqual(['one: Filler.A Double, Filler.B Double', 'flush', 'Capper death', 'Capper gone']);
    expect(image.deviceIds).toEqual(['Filler', 'Packer']);
    expect(mapping.tags.map(({ tagId }) => tagId)).toEqual(['Filler.A', 'Filler.B', 'Packer.A']);
  });

  it('ends the birth of a device that is not observed, instead of renewing it', async () => {
    image.setOnline({ ...stored[0]!, deviceId: 'Filler', value: false } as MetricChange);
    await takeover.take(siteOf({ ...BEFORE, Filler: ['A', 'B', 'C'] }));
    expect(told[0]).toBe('Filler death');
  });

  it('goes on after a while when what goes cannot be sent', async () => {
    flush = () => new Promise(() => {});
    let isTaken = false;
    void takeover.take(siteOf({ ...BEFORE, Filler: ['A'] })).then(() => (isTaken = true));
    await settle();
    expect(isTaken).toBe(false);
    clock.advanceMs(1_500);
    await settle();
    expect(isTaken).toBe(true);
    expect(birthOf('Filler')).toEqual(['Connection/Online=true', 'A=null']);
  });

  it('names the servers that are away, and changes everything else', async () => {
    isAway = true;
    const { waitingServers } = await takeover.take(siteOf({ ...BEFORE, Packer: ['A', 'B'] }));
    expect(waitingServers).toEqual(['two']);
    expect(mapping.tags).toHaveLength(5);
  });

  it('goes no further when the gateway stops', async () => {
    const taken = takeover.take(siteOf({ ...BEFORE, Filler: ['A'] }));
    takeover.stop();
    await expect(taken).rejects.toMatchObject({ code: 'engine/stopping' });
    expect(mapping.tags).toHaveLength(4);
    expect(told.some((line) => line.includes('birth'))).toBe(false);
  });

  it('takes one site after the other', async () => {
    await Promise.all([
      takeover.take(siteOf({ ...BEFORE, Filler: ['A'] })),
      takeover.take(siteOf({ ...BEFORE, Filler: ['A', 'D'] })),
    ]);
    expect(told.filter((line) => line.startsWith('Filler'))).toEqual([
      'Filler birth Connection/Online=true A=null',
      'Filler birth Connection/Online=true A=null D=null',
    ]);
  });
});
