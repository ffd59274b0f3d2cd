import { beforeEach, describe, expect, it } from 'vitest';
import { absentIngest } from '../engine/absent-ingest.ts';
import type { Clock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { EventSource } from '../platform/event-source.ts';
import { silentLog } from '../platform/log.ts';
import { type FakeClock, fakeClock } from '../testing/fake-clock.ts';
import { type EngineSupervisor, STOP_LIMIT_MS, superviseEngine, type SupervisorEvents } from './engine-supervisor.ts';
import type { StoppableEngine } from './workbench-engine.ts';

const never = (): never => {
  throw new Error('nobody asks for it here');
};
const noConfiguration = {
  putReasons: never,
  retireReason: never,
  addPerson: never,
  retirePerson: never,
  importReasons: never,
};
const noCertificates = {
  list: never,
  initAuthority: never,
  issue: never,
  equip: never,
  request: never,
  install: never,
  renew: never,
  revoke: never,
  judgeServer: never,
  examine: never,
  cancel: never,
};
const noSite = {
  read: never,
  plan: never,
  apply: never,
  revisions: never,
  rollback: never,
  planRollback: never,
  difference: never,
};

function engineThat(stop: () => Promise<void>): StoppableEngine {
  return {
    readSnapshot: () => null,
    onSnapshot: () => () => {},
    hostModelPage: () => Promise.resolve({ nodeCount: 0, nodes: [], rowCount: 0, rows: [] }),
    sendAgain: () => false,
    queuePage: () => Promise.resolve({ rowCount: 0, rows: [] }),
    losses: () => Promise.resolve([]),
    tagPage: () => Promise.resolve({ rowCount: 0, rows: [] }),
    oee: absentIngest.oee,
    configuration: { ...noConfiguration, reasons: () => [], people: () => [] },
    site: noSite,
    certificates: noCertificates,
    onFailed: () => () => {},
    stop,
  };
}

const noEvents = { onSnapshot: () => {}, onShiftRevised: () => {}, onStartFailed: () => {}, onFailed: () => {} };

const supervise = (
  startEngine: () => Promise<StoppableEngine>,
  events: SupervisorEvents = noEvents,
  clock: Clock = fakeClock(),
): EngineSupervisor => superviseEngine({ startEngine, events, clock, log: silentLog, random: () => 1 });

describe('superviseEngine', () => {
  it('stops the engine once, however often the program is asked to end', async () => {
    let stopCount = 0;
    const engine = engineThat(() => Promise.resolve(void stopCount++));
    const supervisor = supervise(() => Promise.resolve(engine));
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(stopCount).toBe(1);
  });

  it('waits for an engine that is still starting, then stops it', async () => {
    let isStopped = false;
    let finishStart: (engine: StoppableEngine) => void = () => {};
    const started = new Promise<StoppableEngine>((resolve) => (finishStart = resolve));
    const supervisor = supervise(() => started);
    const stopped = supervisor.stop();
    finishStart(engineThat(() => Promise.resolve(void (isStopped = true))));
    await stopped;
    expect(isStopped).toBe(true);
  });

  it('ends after the limit when the engine hangs', async () => {
    const clock = fakeClock();
    const hanging = engineThat(() => new Promise(() => {}));
    const supervisor = supervise(() => Promise.resolve(hanging), noEvents, clock);
    const stopped = supervisor.stop();
    clock.advanceMs(STOP_LIMIT_MS);
    await expect(stopped).resolves.toBeUndefined();
  });

  it('tells the window the code and the sentence of a failed start', async () => {
    const told: unknown[] = [];
    const failing = () => Promise.reject(new EngineError('config/no-file', 'there is no site file line.yaml'));
    const events = { ...noEvents, onStartFailed: (failure: unknown) => told.push(failure) };
    const supervisor = supervise(failing, events);
    await supervisor.stop();
    expect(told).toEqual([
      { code: 'config/no-file', text: 'The engine could not start: there is no site file line.yaml' },
    ]);
    expect(supervisor.current()).toMatchObject({ phase: 'failed', code: 'config/no-file' });
  });

  describe('when a running engine fails', () => {
    let clock: FakeClock;
    let told: string[];
    let engines: { fail(error: Error): void; stopCount: number }[];
    let startFailure: Error | undefined;
    let supervisor: EngineSupervisor;

    const start = (): Promise<StoppableEngine> => {
      if (startFailure !== undefined) return Promise.reject(startFailure);
      const failed = new EventSource<Error>();
      const known = { fail: (error: Error) => failed.emit(error), stopCount: 0 };
      engines.push(known);
      const engine = engineThat(() => Promise.resolve(void known.stopCount++));
      return Promise.resolve({ ...engine, onFailed: (listener) => failed.on(listener) });
    };
    /** Lets what is due without a timer happen. */
    const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

    beforeEach(async () => {
      clock = fakeClock();
      told = [];
      engines = [];
      startFailure = undefined;
      const events = {
        ...noEvents,
        onStartFailed: () => told.push('start failed'),
        onFailed: ({ code, text, restartInMs }: { code: string; text: string; restartInMs: number }) =>
          told.push(`${code} ${text} ${restartInMs}`),
      };
      supervisor = supervise(start, events, clock);
      await settle();
    });

    it('says so, ends what is left of it, and starts another one after the back-off', async () => {
      engines[0]?.fail(new EngineError('store-and-forward/ended', 'the thread ended'));
      await settle();
      expect(told).toEqual([
        'store-and-forward/ended The engine failed and is started again by itself: the thread ended 1000',
      ]);
      expect(supervisor.current().phase).toBe('restarting');
      expect(engines.map(({ stopCount }) => stopCount)).toEqual([1]);
      clock.advanceMs(1_000);
      await settle();
      expect(supervisor.current().phase).toBe('running');
      expect(engines).toHaveLength(2);
      await supervisor.stop();
      expect(engines.map(({ stopCount }) => stopCount)).toEqual([1, 1]);
    });

    it('waits longer each time it fails at once, also when it does not even start', async () => {
      engines[0]?.fail(new Error('one'));
      await settle();
      startFailure = new Error('two');
      clock.advanceMs(1_000);
      await settle();
      startFailure = undefined;
      clock.advanceMs(2_000);
      await settle();
      engines[1]?.fail(new Error('three'));
      await settle();
      expect(told.map((text) => text.split(' ').at(-1))).toEqual(['1000', '2000', '4000']);
      expect(told).not.toContain('start failed');
      clock.advanceMs(4_000);
      await settle();
      clock.advanceMs(61_000);
      engines[2]?.fail(new Error('much later'));
      await settle();
      expect(told.at(-1)).toContain('much later 1000');
    });

    it('starts no other one when the program ends meanwhile', async () => {
      engines[0]?.fail(new Error('one'));
      await settle();
      await supervisor.stop();
      clock.advanceMs(60_000);
      await settle();
      expect(engines).toHaveLength(1);
    });
  });
});
