import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { ShiftRevised } from '../../shared/domain/oee-action.ts';
import { backoffDelayMs, type BackoffRule } from '../platform/backoff.ts';
import { type Clock, delay, within } from '../platform/clock.ts';
import { describeError, EngineError, isEngineError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { EnginePhase, StoppableEngine } from './workbench-engine.ts';

/** Longest time the end of the program waits for the engine; rows accepted are on disk long before. */
export const STOP_LIMIT_MS = 5_000;
const RESTART: BackoffRule = { firstMs: 1_000, maxMs: 60_000 };
/** An engine that ran this long has not failed for the reason of its last failure. */
const RAN_WELL_MS = 60_000;

export interface SupervisorEvents {
  readonly onSnapshot: (snapshot: EngineSnapshot) => void;
  readonly onShiftRevised: (revised: ShiftRevised) => void;
  readonly onStartFailed: (failure: { readonly code: string; readonly text: string }) => void;
  /** It ran and cannot go on; it is started anew by itself. */
  readonly onFailed: (failure: { readonly code: string; readonly text: string; readonly restartInMs: number }) => void;
}

export interface EngineSupervisor {
  current(): EnginePhase;
  /** Ends the engine once, also one that is still starting; resolves within the limit whatever happens. */
  stop(): Promise<void>;
}

interface SupervisorParts {
  readonly startEngine: () => Promise<StoppableEngine>;
  readonly events: SupervisorEvents;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 … 1, for the jitter of the back-off. */
  readonly random: () => number;
}

/** Starts the engine beside the window, tells the window what becomes of it, and ends it exactly once. */
export const superviseEngine = (parts: SupervisorParts): EngineSupervisor => new Supervisor(parts);

/**
 * A first start that fails is final: its cause is the site file or this computer, and a person puts it right. An
 * engine that ran and failed is started again for ever, with back-off; what it accepted is on disk.
 */
class Supervisor implements EngineSupervisor {
  readonly #parts: SupervisorParts;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #state: EnginePhase = { phase: 'starting' };
  #stopped: Promise<void> | undefined;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#running = this.#run();
  }

  current(): EnginePhase {
    return this.#state;
  }

  stop(): Promise<void> {
    this.#stopping.abort(new Error('stopped'));
    this.#stopped ??= this.#inTime(this.#running);
    return this.#stopped;
  }

  async #run(): Promise<void> {
    const { startEngine, clock } = this.#parts;
    let hasRun = false;
    let failureCount = 0;
    while (!this.#stopping.signal.aborted) {
      let engine: StoppableEngine | undefined;
      let failure: unknown;
      const sinceMs = clock.monotonicMs();
      try {
        engine = await startEngine();
        hasRun = true;
        failure = await this.#untilItFails(engine);
      } catch (error) {
        if (!hasRun) return this.#giveUp(error);
        failure = error;
      }
      if (failure === undefined) return engine?.stop();
      failureCount = clock.monotonicMs() - sinceMs > RAN_WELL_MS ? 1 : failureCount + 1;
      await this.#waitToRestart(failure, failureCount, engine);
    }
  }

  /** Undefined when the program is to end. */
  #untilItFails(engine: StoppableEngine): Promise<Error | undefined> {
    const { signal } = this.#stopping;
    this.#state = { phase: 'running', engine };
    if (signal.aborted) return Promise.resolve(undefined);
    const { onSnapshot, onShiftRevised } = this.#parts.events;
    const stopRevised = engine.oee.onRevised(onShiftRevised);
    const stopSnapshots = engine.onSnapshot(onSnapshot);
    const first = engine.readSnapshot();
    if (first !== null) onSnapshot(first);
    return new Promise<Error | undefined>((resolve) => {
      engine.onFailed(resolve);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    }).finally(() => {
      stopSnapshots();
      stopRevised();
    });
  }

  #giveUp(error: unknown): void {
    const { events, log } = this.#parts;
    const code = isEngineError(error) ? error.code : 'engine/start-failed';
    const text = `The engine could not start: ${describeError(error)}`;
    log.error('the engine could not start', { code, cause: describeError(error) });
    this.#state = { phase: 'failed', code, text };
    events.onStartFailed({ code, text });
  }

  /** The window is told at once; what is left of the engine is ended before another one is started. */
  async #waitToRestart(error: unknown, failureCount: number, engine: StoppableEngine | undefined): Promise<void> {
    const { events, clock, log, random } = this.#parts;
    const restartInMs = backoffDelayMs(RESTART, failureCount, random);
    const code = isEngineError(error) ? error.code : 'engine/failed';
    const text = `The engine failed and is started again by itself: ${describeError(error)}`;
    log.error('the engine failed; it is started again', {
      code,
      cause: describeError(error),
      failureCount,
      restartInMs,
    });
    this.#state = { phase: 'restarting', code, text };
    events.onFailed({ code, text, restartInMs });
    const waited = delay(clock, restartInMs, this.#stopping.signal).catch(() => {});
    if (engine !== undefined) await this.#inTime(engine.stop());
    await waited;
  }

  async #inTime(stop: Promise<void>): Promise<void> {
    const { clock, log } = this.#parts;
    const late = (): Error => new EngineError('engine/stop-late', `The engine did not stop in ${STOP_LIMIT_MS} ms.`);
    await within(clock, STOP_LIMIT_MS, stop, late).catch((error: unknown) => {
      log.error('the engine did not stop cleanly', { cause: describeError(error) });
    });
  }
}
