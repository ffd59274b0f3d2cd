import { describe, expect, it } from 'vitest';
import { machineOf, NOW_MS, snapshotOf } from '../../../shared/testing/snapshot-fixture.ts';
import { toAttentionViews, toFlowViews, toMachineRow } from './overview-view.ts';
import { toStageViews } from './stage-view.ts';

const AWAY = {
  phase: 'away',
  sinceMs: NOW_MS - 102_000,
  retryAtMs: NOW_MS + 4_000,
  code: 'mqtt/refused',
  text: 'refuses the connection',
} as const;

const stage = (id: string, snapshot = snapshotOf()) => {
  const found = toStageViews(snapshot, NOW_MS).find((view) => view.id === id);
  if (found === undefined) throw new Error(id);
  return found;
};

describe('toStageViews', () => {
  it('is grey from left to right while all is well', () => {
    const stages = toStageViews(snapshotOf(), NOW_MS);
    expect(stages.map((view) => view.title)).toEqual(['Servers', 'Mapping', 'Buffer', 'Broker', 'Ingest', 'Historian']);
    expect(stages.every((view) => view.tone === 'calm' && view.trouble === null)).toBe(true);
  });

  it('changes only the card of the stage that is away, and says what is safe', () => {
    const { broker } = snapshotOf();
    const snapshot = snapshotOf({ broker: { ...broker, state: AWAY, session: 'offline', sentPerS: 0 } });
    expect(toStageViews(snapshot, NOW_MS).filter((view) => view.tone !== 'calm')).toHaveLength(1);
    expect(stage('broker', snapshot)).toMatchObject({
      tone: 'look',
      figure: 'away',
      unit: '00:01:42',
      trouble: { text: 'Refuses the connection. Next try in 4 s.', safe: 'Values are kept.', code: 'mqtt/refused' },
    });
  });

  it('says what comes next in a site that has no server yet', () => {
    const servers = stage('servers', snapshotOf({ servers: [] }));
    expect(servers).toMatchObject({ tone: 'calm', figure: 'none', unit: 'yet', trouble: null });
    expect(servers.lines.join()).toContain('opcuaServers');
  });

  it('says that ingest and historian are elsewhere at a gateway that only sends', () => {
    const snapshot = snapshotOf({ isIngestHere: false });
    expect(stage('ingest', snapshot)).toMatchObject({ tone: 'calm', figure: 'elsewhere' });
    expect(stage('historian', snapshot)).toMatchObject({ tone: 'calm', figure: 'elsewhere' });
  });

  it('lets the time of a fault run on without a new snapshot', () => {
    const { broker } = snapshotOf();
    const stages = toStageViews(snapshotOf({ broker: { ...broker, state: AWAY } }), NOW_MS + 8_000);
    expect(stages[3]).toMatchObject({ unit: '00:01:50', trouble: { text: 'Refuses the connection. Trying now.' } });
  });

  it('is red where values are missing: a server that is away', () => {
    const [server] = snapshotOf().servers;
    if (server === undefined) throw new Error('no server');
    const snapshot = snapshotOf({ servers: [server, { ...server, serverId: 'plc2', state: AWAY }] });
    expect(stage('servers', snapshot)).toMatchObject({ tone: 'broken', figure: '1', unit: 'of 2 live' });
    expect(stage('servers', snapshot).trouble?.text).toContain('plc2');
  });

  it('asks only for a look while a server is led back, and says which stage it is in', () => {
    const [server] = snapshotOf().servers;
    if (server === undefined) throw new Error('no server');
    const { sinceMs } = AWAY;
    const lost = { sinceMs, code: 'opcua/connection-lost', text: 'The connection broke' };
    const state = { phase: 'recovering', stage: 'republish', ...lost } as const;
    expect(stage('servers', snapshotOf({ servers: [{ ...server, state }] }))).toMatchObject({
      tone: 'look',
      figure: 'recovering',
      unit: '00:01:42',
      trouble: { text: 'plc1: The connection broke. The server is asked for what did not come.' },
    });
  });

  it('names gaps in what servers sent, and times that cannot be right', () => {
    const [server] = snapshotOf().servers;
    if (server === undefined) throw new Error('no server');
    const recovery = { ...server.recovery, gapCount: 2 };
    const { lines } = stage('servers', snapshotOf({ servers: [{ ...server, oddTimeCount: 1, recovery }] }));
    expect(lines).toEqual(['409 tags good', '3 bad', '1 tag with an impossible time', '2 gaps in what servers sent']);
  });

  it('stays grey during the first attempt', () => {
    const { historian } = snapshotOf();
    const connecting = { phase: 'connecting', attempt: 1 } as const;
    expect(stage('historian', snapshotOf({ historian: { ...historian, state: connecting } }))).toMatchObject({
      tone: 'calm',
      figure: 'connecting',
    });
  });

  it('says how long the buffer lasts, and that nothing is lost', () => {
    expect(stage('buffer').lines).toEqual(['0.3 of 500 MB', 'covers 41 h at this rate', 'nothing lost, ledger empty']);
    const { buffer } = snapshotOf();
    expect(stage('buffer', snapshotOf({ buffer: { ...buffer, coversMs: null } })).lines[1]).toBe('nothing comes in');
  });
});

describe('toFlowViews', () => {
  it('shows where the flow stops', () => {
    const { broker } = snapshotOf();
    const flows = toFlowViews(snapshotOf({ broker: { ...broker, sentPerS: 0 } }));
    expect(flows.map((flow) => flow.isFlowing)).toEqual([true, true, false, true, true]);
    expect(flows[0]?.rate).toBe('1,648/s');
  });
});

describe('toAttentionViews', () => {
  it('puts broken things first and leaves out a time that is not known', () => {
    const entry = { code: 'a/b', stage: 'servers', text: 'T', nextStep: 'N' } as const;
    const views = toAttentionViews(
      [
        { ...entry, severity: 'look', sinceMs: 0 },
        { ...entry, severity: 'broken', sinceMs: NOW_MS - 60_000 },
      ],
      'Europe/Berlin',
      NOW_MS,
    );
    expect(views.map((view) => [view.isBroken, view.since])).toEqual([
      [true, 'since 10:47:00, 1 min'],
      [false, null],
    ]);
  });
});

describe('toMachineRow', () => {
  it('shows a dash with its cause, never 0, where there is no OEE', () => {
    const missing = { value: null, cause: 'OPC UA session lost 10:45:57' };
    const row = toMachineRow(
      machineOf({ factors: { availability: missing, performance: missing, quality: missing, oee: missing } }),
      NOW_MS,
    );
    expect(row).toMatchObject({ oee: '–', quality: '–', remark: 'OPC UA session lost 10:45:57', isRemarkQuiet: true });
  });

  it('marks a figure that stands on too little', () => {
    expect(toMachineRow(machineOf({ coverageRatio: 0.91 }), NOW_MS)).toMatchObject({
      coverage: '91.0 %',
      isCoverageLow: true,
    });
    expect(toMachineRow(machineOf(), NOW_MS)).toMatchObject({ oee: '74.8 %', since: '14 min', isCoverageLow: false });
  });
});
