import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import type { MetricChange } from '../../shared/domain/metric.ts';
import { Mapping } from '../mapping/mapping.ts';
import { EventSource } from '../platform/event-source.ts';
import { silentLog } from '../platform/log.ts';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import { EdgePipeline } from './edge-pipeline.ts';
import { LiveImage } from './live-image.ts';
import { Observation } from './observation.ts';
import type { ChangeForwarder, ChangeStore, ChangeWriter, EdgeNode, SampleSource } from './ports.ts';

const never = { on: () => () => undefined };
const unsubscribe = (): void => undefined;

/** Every stage at its port; writes down in order what it is told. */
class FakeStages {
  readonly told: string[] = [];
  readonly settings = new Map<string, string>();
  readonly stored: MetricChange[] = [];
  readonly stalled = new EventSource<{ readonly reason: string; readonly text: string }>();
  readonly states = new EventSource<ConnectionState>();
  /** What passes while the forwarder flushes. */
  whileFlushing = (): void => undefined;

  readonly store: ChangeStore = {
    ended: never,
    stats: () => Promise.reject(new Error('not asked here')),
    page: () => Promise.resolve({ rowCount: 0, rows: [] }),
    losses: () => Promise.resolve([]),
    readSetting: (key) => Promise.resolve(this.settings.get(key)),
    writeSetting: (key, value) => Promise.resolve(void this.settings.set(key, value)),
    close: () => Promise.resolve(),
  };
  readonly writer: ChangeWriter = {
    state: { phase: 'working' },
    committed: never,
    add: (changes) => void this.stored.push(...changes),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(0),
  };
  readonly forwarder: ChangeForwarder = {
    stalled: this.stalled,
    sessionBorn: unsubscribe,
    sessionEnded: unsubscribe,
    hostOnlineChanged: unsubscribe,
    deviceBorn: unsubscribe,
    deviceGone: unsubscribe,
    rowsCommitted: unsubscribe,
    flush: () => Promise.resolve(this.whileFlushing()),
    stop: () => Promise.resolve(),
    sentRows: () => [],
    sendAgain: () => false,
    stateOf: () => 'waiting',
    snapshot: () => ({ waitingCount: 0, sentCount: 0, heldCount: 0, replayedCount: 0, resentCount: 0 }),
  };
  readonly edgeNode: EdgeNode = {
    start: () => void this.told.push('start'),
    stop: () => Promise.resolve(void this.told.push('stop')),
    deviceOnlineChanged: (deviceId, isOnline) => void this.told.push(`${deviceId} ${isOnline ? 'birth' : 'death'}`),
    dropLink: (why) => void this.told.push(`drop: ${why.message}`),
    onSessionChanged: () => unsubscribe,
    onBorn: () => unsubscribe,
    onDeviceBorn: () => unsubscribe,
    onHostOnlineChanged: () => unsubscribe,
    snapshot: () => ({ session: 'born', connection: { phase: 'stopped' }, brokerIndex: 0 }),
  };
  readonly source: SampleSource & { heardUntilMs: number | undefined } = {
    start: unsubscribe,
    stop: () => Promise.resolve(this.states.emit({ phase: 'stopped' })),
    onSamples: () => unsubscribe,
    onStateChanged: (listener) => this.states.on(listener),
    setSlowSampling: () => Promise.resolve(),
    sampling: () => {
      throw new Error('not asked here');
    },
    observedUntilMs: undefined,
    heardUntilMs: undefined,
    snapshot: () => ({
      serverId: 'plc',
      endpointUrl: '',
      state: { phase: 'stopped' },
      tagCount: 0,
      goodCount: 0,
      badCount: 0,
      overflowCount: 0,
      oddTimeCount: 0,
      recovery: { republishedCount: 0, gapCount: 0, newSubscriptionCount: 0, newSessionCount: 0 },
      badTags: [],
    }),
  };
}

describe('the edge pipeline', () => {
  let clock: FakeClock;
  let stages: FakeStages;
  let observation: Observation;
  let pipeline: EdgePipeline;

  beforeEach(async () => {
    clock = fakeClock();
    stages = new FakeStages();
    observation = new Observation(new Map([['plc', ['Filler']]]));
    const { source, store, writer, forwarder, edgeNode } = stages;
    const mapping = new Mapping([]);
    const image = new LiveImage(mapping, clock.nowMs());
    const sources = [{ serverId: 'plc', source }];
    const stagesOfPipeline = { sources, mapping, image, observation, store, writer, forwarder, edgeNode };
    pipeline = new EdgePipeline({ ...stagesOfPipeline, clock, log: silentLog });
    await pipeline.start();
  });

  /** The device is heard and its server connected. */
  function connect(): void {
    observation.deviceHeard('plc', 'Filler', clock.nowMs());
    stages.states.emit({ phase: 'connected', sinceMs: clock.nowMs() });
  }

  it('gives up a connection that carries nothing', () => {
    stages.stalled.emit({ reason: 'barrier-failed', text: 'the broker has not answered' });
    expect(stages.told).toEqual(['start', 'drop: the broker has not answered']);
  });

  it('sends the death of a device after its last rows, and not when it is back by then', () => {
    connect();
    stages.states.emit({ phase: 'connecting', attempt: 1 });
    expect(stages.stored.at(-1)).toMatchObject({ deviceId: 'Filler', value: false });
    expect(stages.told).toEqual(['start', 'Filler birth']);
    clock.advanceMs(1_500);
    expect(stages.told).toEqual(['start', 'Filler birth', 'Filler death']);

    connect();
    stages.states.emit({ phase: 'connecting', attempt: 1 });
    connect();
    clock.advanceMs(5_000);
    expect(stages.told.filter((told) => told === 'Filler death')).toHaveLength(1);
  });

  it('lets the last rows out at the stop: no death of a device comes before the flush', async () => {
    connect();
    await pipeline.stop();
    clock.advanceMs(5_000);
    expect(stages.stored.at(-1)).toMatchObject({ deviceId: 'Filler', value: false });
    expect(stages.told).toEqual(['start', 'Filler birth', 'stop']);
  });

  it('remembers as observed only the time until the stop began, not the flush', async () => {
    const stoppedAtMs = clock.nowMs();
    stages.whileFlushing = () => clock.advanceMs(3_000);
    await pipeline.stop();
    expect(stages.settings.get('lastAliveMs')).toBe(String(stoppedAtMs));
  });

  it('says that nothing is known since the server was last heard, not since that was noticed', () => {
    connect();
    const connectedAtMs = clock.nowMs();
    clock.advanceMs(60_000);
    const heardAtMs = clock.nowMs();
    stages.source.heardUntilMs = heardAtMs;
    clock.advanceMs(12_000);
    stages.states.emit({ phase: 'stale', sinceMs: clock.nowMs(), code: 'opcua/silent', text: 'silent' });
    expect(stages.stored.map(({ value, timestampMs }) => [value, timestampMs])).toEqual([
      [true, connectedAtMs],
      [false, heardAtMs],
    ]);
  });

  it('takes a short break for none when the session is taken up again, and since the last word for one when not', () => {
    const recovering = { phase: 'recovering', sinceMs: 0, code: 'opcua/connection-lost', text: 'broke' } as const;
    connect();
    clock.advanceMs(60_000);
    stages.source.heardUntilMs = clock.nowMs();
    clock.advanceMs(3_000);
    stages.states.emit({ ...recovering, stage: 'republish' });
    connect();
    expect(stages.stored.map(({ value }) => value)).toEqual([true]);

    stages.states.emit({ ...recovering, stage: 'republish' });
    clock.advanceMs(3_000);
    stages.states.emit({ ...recovering, stage: 'new-session' });
    expect(stages.stored.map(({ value }) => value)).toEqual([true, false]);
    expect(stages.stored.at(-1)?.timestampMs).toBe(stages.source.heardUntilMs);
  });
});
