import { beforeEach, describe, expect, it } from 'vitest';
import { SiteConfig } from '../../shared/config/site.ts';
import type { MetricChange, Sample } from '../../shared/domain/metric.ts';
import { Mapping } from '../mapping/mapping.ts';
import { devicesByServer, toMappedTags, toTagId } from '../mapping/tag-map.ts';
import { EngineError } from '../platform/engine-error.ts';
import { silentLog } from '../platform/log.ts';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import { LiveImage } from './live-image.ts';
import { Observation } from './observation.ts';
import { SiteTakeover, type TagTaker } from './site-takeover.ts';

type Machines = Readonly<Record<string, readonly (string | { metric: string; datatype: string })[]>>;

/** Filler and Capper are at the first server, Packer at the second. */
const siteOf = (
  machines: Machines,
  servers: Readonly<Record<string, string>> = { one: 'one', two: 'two' },
): SiteConfig =>
  SiteConfig.parse({
    site: { enterprise: 'Acme', site: 'S', area: 'A', line: 'L', timeZone: 'Europe/Berlin' },
    sparkplug: { groupId: 'G', edgeNodeId: 'E' },
    brokers: [{ url: 'mqtt://127.0.0.1:1883' }],
    opcuaServers: Object.entries(servers).map(([id, path]) => ({ id, endpointUrl: `opc.tcp://127.0.0.1/${path}` })),
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
  let isFileMissing: boolean;

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
    isFileMissing = false;
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
    const sources = [source('one'), source('two')];
    takeover = new SiteTakeover({
      started,
      servers: {
        sources,
        prepare: (server) => {
          told.push(`prepare ${server.id}`);
          if (isFileMissing) return Promise.reject(new EngineError('config/file-missing', 'no such file'));
          return Promise.resolve((tags) => {
            told.push(`open ${server.id}: ${tags.map(({ tagId }) => tagId).join(', ')}`);
            sources.push(source(server.id));
          });
        },
        close: (serverId) => {
          told.push(`close ${serverId}`);
          const index = sources.findIndex((other) => other.serverId === serverId);
          sources.splice(index, 1);
          for (const change of observation.serverLost(serverId, clock.nowMs(), undefined)) image.setOnline(change);
          return Promise.resolve();
        },
      },
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

  it('opens a new server with its tags after the births, and tells the others nothing', async () => {
    const servers = { one: 'one', two: 'two', three: 'three' };
    const next = siteOf({ ...BEFORE, Labeller: ['A'] }, servers);
    const labeller = { ...next.machines.at(-1)!, server: 'three' };
    await takeover.take({ ...next, machines: [...next.machines.slice(0, -1), labeller] });
    expect(told).toEqual(['prepare three', 'Labeller death', 'open three: Labeller.A']);
  });

  it('closes a server that goes, with its machines, before their death', async () => {
    await takeover.take(siteOf({ Filler: ['A', 'B'], Capper: ['A'] }, { one: 'one' }));
    expect(told).toEqual(['close two', 'flush', 'Packer death', 'Packer gone']);
    expect(image.deviceIds).toEqual(['Filler', 'Capper']);
    told.length = 0;
    await takeover.take(siteOf({ Filler: ['A', 'B'], Capper: ['A'] }, { one: 'one' }));
    expect(told).toEqual([]);
  });

  it('closes a server of another address before it is opened anew, and its machines keep their last values', async () => {
    mapping.accept([sample('Packer', 'A', 7)], clock.nowMs());
    await takeover.take(siteOf(BEFORE, { one: 'one', two: 'elsewhere' }));
    expect(told).toEqual(['prepare two', 'close two', 'flush', 'Packer death', 'open two: Packer.A']);
    expect(birthOf('Packer')).toEqual(['Connection/Online=false', 'A=7']);
  });

  it('says of a machine that moves to another server that nothing is known of it until that one gives a value', async () => {
    mapping.accept([sample('Packer', 'A', 7)], clock.nowMs());
    const next = siteOf(BEFORE);
    const machines = next.machines.map((machine) =>
      machine.id === 'Packer' ? { ...machine, server: 'one' } : machine,
    );
    await takeover.take({ ...next, machines });
    expect(told).toEqual([
      'two: ',
      'flush',
      'Packer death',
      'one: Filler.A Double, Filler.B Double, Capper.A Double, Packer.A Double',
    ]);
    expect(birthOf('Packer')).toEqual(['Connection/Online=false', 'A=null']);
  });

  it('changes nothing when a new server names a file that is not there', async () => {
    isFileMissing = true;
    const taken = takeover.take(siteOf({ Filler: ['A'] }, { one: 'elsewhere' }));
    await expect(taken).rejects.toMatchObject({ code: 'config/file-missing' });
    expect(told).toEqual(['prepare one']);
    expect(mapping.tags).toHaveLength(4);
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
