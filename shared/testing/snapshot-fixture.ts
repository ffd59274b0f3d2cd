import type { EngineSnapshot } from '../domain/engine-snapshot.ts';
import type { EquipmentOee } from '../domain/oee-snapshot.ts';

/** 2026-11-23 10:48:00 in Berlin. */
export const NOW_MS = Date.UTC(2026, 10, 23, 9, 48);
const SHIFT_START_MS = Date.UTC(2026, 10, 23, 5);

/** A machine at 74.8 %, running; `changes` replaces whole fields. */
export function machineOf(changes: Partial<EquipmentOee> = {}): EquipmentOee {
  const factor = (value: number) => ({ value, cause: null });
  return {
    equipmentId: 'Filler',
    name: 'Filler',
    kind: 'machine',
    factors: { availability: factor(0.888), performance: factor(0.861), quality: factor(0.978), oee: factor(0.748) },
    targetRatio: 0.8,
    state: { timeClass: 'run', cause: null, sinceMs: NOW_MS - 14 * 60_000 },
    accountMs: { run: 12_000_000, failure: 1_000_000 },
    plannedMs: 13_500_000,
    runMs: 12_000_000,
    idealCycleMs: 600,
    totalCount: 18_108,
    goodCount: 17_583,
    rejectCount: 525,
    coverageRatio: 0.992,
    basis: 'Planned 282 min (342 − 60 break) | short stop ≤ 60 s | change-over is a loss',
    mostCostly: 'Short stops, 31 min in 54 stops',
    timeline: [
      { fromMs: SHIFT_START_MS, toMs: NOW_MS - 60_000, timeClass: 'run', cause: null },
      { fromMs: NOW_MS - 60_000, toMs: NOW_MS, timeClass: 'failure', cause: 'label web break' },
    ],
    trend: [
      { atMs: SHIFT_START_MS, oee: null },
      { atMs: NOW_MS, oee: 0.748 },
    ],
    ...changes,
  };
}

/** A healthy line; `changes` replaces whole fields. */
export function snapshotOf(changes: Partial<EngineSnapshot> = {}): EngineSnapshot {
  const connected = { phase: 'connected', sinceMs: NOW_MS - 3_600_000 } as const;
  return {
    takenAtMs: NOW_MS,
    isDemo: false,
    isIngestHere: true,
    site: { enterprise: 'Acme', site: 'SITE01', area: 'Packaging', line: 'LINE01', timeZone: 'Europe/Berlin' },
    servers: [
      {
        serverId: 'plc1',
        endpointUrl: 'opc.tcp://10.0.0.5:4840',
        state: connected,
        tagCount: 412,
        goodCount: 409,
        badTags: [],
        badCount: 3,
        changesPerS: 1648,
        overflowCount: 0,
        oddTimeCount: 0,
        recovery: { republishedCount: 0, gapCount: 0, newSubscriptionCount: 0, newSessionCount: 0 },
      },
    ],
    mapping: { metricCount: 412, changesPerS: 1640, dropped: { deadband: 8 } },
    sampling: {
      phase: 'normal',
      sinceMs: NOW_MS - 3_600_000,
      wishSinceMs: null,
      slowSamplingIntervalMs: 2_000,
      activateAtRows: 1_000,
      deactivateAtRows: 500,
      transitionDelayMs: 5_000,
      depths: [120, 180, 140],
      changes: [],
      sinceStart: { changeCount: 0, slowMs: 0, samplesNotTakenAtMost: 0 },
      total: { changeCount: 0, slowMs: 0, samplesNotTakenAtMost: 0 },
      tagCount: 412,
      slowedTagCount: 0,
      exemptTagCount: 20,
      uncountedTagCount: 0,
      servers: [{ serverId: 'plc1', phase: 'normal', slowedCount: 0, exemptCount: 20, refusedCount: 0, reason: null }],
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
      rowCount: 1_704,
      waitingCount: 204,
      sentCount: 1_500,
      byteCount: 300_000,
      limitBytes: 500_000_000,
      oldestTimestampMs: NOW_MS - 12_000,
      coversMs: 41 * 3_600_000,
      appendedPerS: 1640,
      messagesQueued: 0,
      messagesReplayed: 0,
      resentCount: 0,
      confirmedCount: 0,
      deadLetterCount: 0,
      purgedCount: 0,
      damagedCount: 0,
      droppedCount: 0,
    },
    broker: { url: 'mqtts://broker.site01:8883', state: connected, session: 'born', sentPerS: 1640 },
    ingest: {
      broker: connected,
      brokers: [{ url: 'mqtts://broker.site01:8883', state: connected, isOnline: true, alarm: null }],
      isOnline: true,
      receivedPerS: 1640,
      nodes: [{ id: 'SITE01/LINE01', isOnline: true, deviceCount: 4, bdSeq: 3, alarm: null }],
      rebirthRequestCount: 0,
      faultCount: 0,
    },
    historian: {
      state: connected,
      rowsPerS: 1640,
      insertedCount: 81_000_000,
      duplicateCount: 0,
      waitingCount: 12,
      waitingBytes: 0,
      oldestWaitMs: null,
      rejectedCount: 0,
      quarantinedCount: 0,
    },
    latency: {
      toBroker: { p50Ms: 60, p95Ms: 90, p99Ms: 120, count: 10_000 },
      toHistorian: { p50Ms: 132, p95Ms: 210, p99Ms: 248, count: 10_000 },
      histogram: [
        { upToMs: 100, count: 10 },
        { upToMs: 200, count: 80 },
        { upToMs: 300, count: 10 },
      ],
    },
    certificates: [],
    attention: [],
    oee: {
      takenAtMs: NOW_MS,
      shift: { name: 'Early', localDate: '2026-11-23', fromMs: SHIFT_START_MS, toMs: SHIFT_START_MS + 8 * 3_600_000 },
      line: machineOf({ equipmentId: 'LINE01', name: 'LINE01', kind: 'line' }),
      machines: [machineOf()],
    },
    ...changes,
  };
}
