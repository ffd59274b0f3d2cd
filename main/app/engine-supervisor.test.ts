import { describe, expect, it } from 'vitest';
import { EngineError } from '../platform/engine-error.ts';
import { silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { STOP_LIMIT_MS, superviseEngine } from './engine-supervisor.ts';
import type { StoppableEngine } from './workbench-engine.ts';

function engineThat(stop: () => Promise<void>): StoppableEngine {
  return {
    readSnapshot: () => null,
    onSnapshot: () => () => {},
    queuePage: () => Promise.resolve({ rowCount: 0, rows: [] }),
    losses: () => Promise.resolve([]),
    tagPage: () => Promise.resolve({ rowCount: 0, rows: [] }),
    stop,
  };
}

const noEvents = { onSnapshot: () => {}, onStartFailed: () => {} };

describe('superviseEngine', () => {
  it('stops the engine once, however often the program is asked to end', async () => {
    let stopCount = 0;
    const engine = engineThat(() => Promise.resolve(void stopCount++));
    const supervisor = superviseEngine(() => Promise.resolve(engine), noEvents, fakeClock(), silentLog);
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    expect(stopCount).toBe(1);
  });

  it('waits for an engine that is still starting, then stops it', async () => {
    let isStopped = false;
    let finishStart: (engine: StoppableEngine) => void = () => {};
    const started = new Promise<StoppableEngine>((resolve) => (finishStart = resolve));
    const supervisor = superviseEngine(() => started, noEvents, fakeClock(), silentLog);
    const stopped = supervisor.stop();
    finishStart(engineThat(() => Promise.resolve(void (isStopped = true))));
    await stopped;
    expect(isStopped).toBe(true);
  });

  it('ends after the limit when the engine hangs', async () => {
    const clock = fakeClock();
    const hanging = engineThat(() => new Promise(() => {}));
    const supervisor = superviseEngine(() => Promise.resolve(hanging), noEvents, clock, silentLog);
    const stopped = supervisor.stop();
    clock.advanceMs(STOP_LIMIT_MS);
    await expect(stopped).resolves.toBeUndefined();
  });

  it('tells the window the code and the sentence of a failed start', async () => {
    const told: unknown[] = [];
    const failing = () => Promise.reject(new EngineError('config/no-file', 'there is no site file line.yaml'));
    const events = { onSnapshot: () => {}, onStartFailed: (failure: unknown) => told.push(failure) };
    const supervisor = superviseEngine(failing, events, fakeClock(), silentLog);
    await supervisor.stop();
    expect(told).toEqual([
      { code: 'config/no-file', text: 'The engine could not start: there is no site file line.yaml' },
    ]);
    expect(supervisor.current()).toMatchObject({ phase: 'failed', code: 'config/no-file' });
  });
});
