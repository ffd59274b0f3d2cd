import { describe, expect, it } from 'vitest';
import type { ConnectionState, EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import { toAttention } from './attention.ts';

const connected: ConnectionState = { phase: 'connected', sinceMs: 1 };
const away = (code: string, text: string): ConnectionState => ({ phase: 'away', sinceMs: 5, retryAtMs: 9, code, text });

const healthy: Omit<EngineSnapshot, 'attention'> = {
  certificates: [],
  takenAtMs: 10,
  isDemo: false,
  isIngestHere: true,
  site: { enterprise: 'Acme', site: 'S', area: 'A', line: 'L', timeZone: 'UTC' },
  servers: [
    {
      serverId: 'plc',
      endpointUrl: 'opc.tcp://plc:4840',
      state: connected,
      tagCount: 2,
      goodCount: 2,
      badTags: [],
      badCount: 0,
      changesPerS: 1,
      overflowCount: 0,
      oddTimeCount: 0,
      recovery: { republishedCount: 0, gapCount: 0, newSubscriptionCount: 0, newSessionCount: 0 },
    },
  ],
  mapping: { metricCount: 2, changesPerS: 1, dropped: {} },
  sampling: {
    phase: 'normal',
    sinceMs: 1,
    wishSinceMs: null,
    slowSamplingIntervalMs: 2_000,
    activateAtRows: 1_000,
    deactivateAtRows: 500,
    transitionDelayMs: 5_000,
    depths: [],
    changes: [],
    sinceStart: { changeCount: 0, slowMs: 0, samplesNotTakenAtMost: 0 },
    total: { changeCount: 0, slowMs: 0, samplesNotTakenAtMost: 0 },
    tagCount: 2,
    slowedTagCount: 0,
    exemptTagCount: 1,
    uncountedTagCount: 0,
    servers: [{ serverId: 'plc', phase: 'normal', slowedCount: 0, exemptCount: 1, refusedCount: 0, reason: null }],
  },
  commands: {
    receivedCount: 0,
    rebirthCount: 0,
    underWayCount: 0,
    writtenCount: 0,
    failedCount: 0,
    refused: {},
    last: [],
  },
  buffer: {
    rowCount: 0,
    waitingCount: 0,
    sentCount: 0,
    byteCount: 0,
    limitBytes: 1,
    oldestTimestampMs: null,
    coversMs: null,
    appendedPerS: 0,
    messagesQueued: 0,
    messagesReplayed: 0,
    resentCount: 0,
    confirmedCount: 0,
    deadLetterCount: 0,
    purgedCount: 0,
    damagedCount: 0,
    droppedCount: 0,
  },
  broker: { url: 'mqtt://b:1883', state: connected, session: 'born', sentPerS: 1 },
  ingest: {
    broker: connected,
    brokers: [{ url: 'mqtt://b:1883', state: connected, isOnline: true, alarm: null }],
    isOnline: true,
    receivedPerS: 1,
    nodes: [],
    rebirthRequestCount: 0,
    faultCount: 0,
  },
  historian: {
    state: connected,
    rowsPerS: 1,
    insertedCount: 1,
    duplicateCount: 0,
    waitingCount: 0,
    waitingBytes: 0,
    oldestWaitMs: null,
    rejectedCount: 0,
    quarantinedCount: 0,
  },
  latency: { toBroker: null, toHistorian: null, histogram: [] },
  oee: null,
};

const working = { phase: 'working' } as const;
const noAlarm = { quarantine: null, rescue: null, diskFullSinceMs: null };
const codes = (facts: typeof healthy): string[] => toAttention(facts, working, noAlarm).map(({ code }) => code);

describe('toAttention', () => {
  it('is silent when all is well', () => {
    expect(codes(healthy)).toEqual([]);
  });

  it('names a broker that is away once, although edge node and ingest both miss it', () => {
    const state = away('mqtt/unreachable', 'it refuses the connection');
    const brokers = healthy.ingest.brokers.map((broker) => ({ ...broker, state }));
    const ingest = { ...healthy.ingest, broker: state, brokers };
    const facts = { ...healthy, broker: { ...healthy.broker, state }, ingest };
    expect(codes(facts)).toEqual(['mqtt/unreachable']);
    const [attention] = toAttention(facts, working, noAlarm);
    expect(attention?.text).toBe(
      'Broker mqtt://b:1883 is away: it refuses the connection. Values are kept in the buffer.',
    );
  });

  it('asks for a look where ingest misses one of several brokers, and calls it broken where it misses all', () => {
    const state = away('mqtt/unreachable', 'it refuses the connection');
    const missing = { url: 'mqtt://c:1883', state, isOnline: false, alarm: null };
    const facts = { ...healthy, ingest: { ...healthy.ingest, brokers: [...healthy.ingest.brokers, missing] } };
    expect(toAttention(facts, working, noAlarm)).toMatchObject([
      { code: 'mqtt/unreachable', severity: 'look', stage: 'ingest', text: expect.stringContaining('mqtt://c:1883') },
    ]);
    const alone = { ...facts, ingest: { ...facts.ingest, broker: state, brokers: [missing] } };
    expect(toAttention(alone, working, noAlarm)).toMatchObject([{ severity: 'broken' }]);
  });

  it('says what to do about a second host of one id and about two programs that speak as one node', () => {
    const alarm = { code: 'sparkplug/host-id-taken', text: 'Another program publishes it', sinceMs: 7 };
    const brokers = healthy.ingest.brokers.map((broker) => ({ ...broker, alarm }));
    const nodes = [{ id: 'plant/line', isOnline: true, deviceCount: 1, bdSeq: 4, alarm: 'duplicate-node' as const }];
    expect(toAttention({ ...healthy, ingest: { ...healthy.ingest, brokers, nodes } }, working, noAlarm)).toMatchObject([
      { code: 'sparkplug/host-id-taken', sinceMs: 7 },
      { code: 'sparkplug/duplicate-node', text: expect.stringContaining('plant/line') },
    ]);
  });

  it('asks for a look while a server is led back', () => {
    const state = { phase: 'recovering', stage: 'read', sinceMs: 5, code: 'opcua/silent', text: 'no answer' } as const;
    const facts = { ...healthy, servers: healthy.servers.map((server) => ({ ...server, state })) };
    expect(toAttention(facts, working, noAlarm)).toMatchObject([
      { code: 'opcua/silent', severity: 'look', stage: 'servers', sinceMs: 5 },
    ]);
  });

  it('names what is wrong with servers, tags, buffer file, disk and historian, each with a next step', () => {
    const facts = {
      ...healthy,
      servers: healthy.servers.map((server) => ({
        ...server,
        state: away('opcua/unreachable', 'no answer'),
        badCount: 1,
        badTags: [{ tagId: 'Filler.State', reason: 'BadNodeIdUnknown' }],
      })),
      historian: { ...healthy.historian, state: away('historian/unreachable', 'no answer'), rejectedCount: 3 },
      buffer: { ...healthy.buffer, droppedCount: 7, purgedCount: 6, deadLetterCount: 2 },
      sampling: { ...healthy.sampling, phase: 'slow' as const },
    };
    const failing = { phase: 'failing', sinceMs: 1, code: 'store-and-forward/disk-error', text: 'I/O' } as const;
    const found = toAttention(facts, failing, {
      quarantine: { atMs: 1, folder: '/q', reason: 'damaged', byteCount: 2_500_000 },
      rescue: { atMs: 3, missing: 'database', rowCount: 7 },
      diskFullSinceMs: 2,
    });
    expect(found.map(({ code }) => code)).toEqual([
      'opcua/unreachable',
      'opcua/bad-tags',
      'store-and-forward/file-quarantined',
      'store-and-forward/file-carried-over',
      'store-and-forward/disk-full',
      'store-and-forward/disk-error',
      'store-and-forward/rows-dropped',
      'store-and-forward/dead-letters',
      'backpressure/slow-sampling',
      'historian/unreachable',
      'historian/rows-rejected',
    ]);
    for (const { text, nextStep } of found) expect([text, nextStep].every((part) => part.length > 10)).toBe(true);
  });

  it('says of a database that answers and stores nothing what is in its way and what to do', () => {
    const state = { phase: 'stale', sinceMs: 1, code: 'historian/disk-full', text: 'no space left on device' } as const;
    const found = toAttention({ ...healthy, historian: { ...healthy.historian, state } }, working, noAlarm);
    expect(found).toEqual([
      expect.objectContaining({
        code: 'historian/disk-full',
        text: 'The historian cannot store rows: no space left on device. Values are kept in the buffer.',
        nextStep: expect.stringContaining('Free space') as string,
      }),
    ]);
  });

  it('names a server that does not take the sampling interval, and says what that means', () => {
    const servers = healthy.sampling.servers.map((server) => ({
      ...server,
      phase: 'refused' as const,
      refusedCount: 8,
      reason: 'BadMonitoredItemIdInvalid',
    }));
    const [attention] = toAttention({ ...healthy, sampling: { ...healthy.sampling, servers } }, working, noAlarm);
    expect(attention).toMatchObject({ code: 'backpressure/interval-refused', stage: 'servers', severity: 'look' });
    expect(attention?.text).toBe(
      'Server plc does not take the normal sampling interval for 8 tags: BadMonitoredItemIdInvalid.',
    );
    expect(attention?.nextStep).toContain('stay slow');
  });

  it('does not call a purge a loss: a person has decided it', () => {
    const buffer = { ...healthy.buffer, droppedCount: 7, purgedCount: 7 };
    expect(toAttention({ ...healthy, buffer }, { phase: 'working' }, noAlarm)).toEqual([]);
  });
});
