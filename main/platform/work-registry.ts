import type { WorkProgress } from '../../shared/domain/work-progress.ts';
import type { Clock } from './clock.ts';
import { EngineError } from './engine-error.ts';
import { EventSource } from './event-source.ts';

/** Progress is told at most so often: a person reads no faster, and the window has other things to draw. */
const TELL_EACH_MS = 100;

/** What long work is given: it tells how far it is, and looks whether it is still wanted. */
export interface WorkHandle {
  /** Aborted by a person's cancel; hand it to whatever waits or reads. */
  readonly signal: AbortSignal;
  /** `totalCount` null where it is not known. As cheap as a comparison: call it for each row. */
  tell(doneCount: number, totalCount: number | null, text: string): void;
  /**
   * Gives other work its turn, and ends a cancelled one. A loop that only computes calls it every few hundred rows:
   * without it neither progress nor cancel get through.
   * @throws EngineError `work/cancelled`
   */
  breathe(): Promise<void>;
}

/** Who orders, and what stands in front of the progress. */
export interface WorkOrder {
  readonly workId: string;
  readonly title: string;
}

interface Running {
  progress: WorkProgress;
  readonly stop: AbortController;
  lastToldMs: number;
  untell: (() => void) | undefined;
}

/** All long work of one program, so that each can be watched and cancelled, also after the window was loaded again. */
export class WorkRegistry {
  readonly #clock: Clock;
  readonly #running = new Map<string, Running>();
  readonly #told = new EventSource<WorkProgress>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onProgress(listener: (progress: WorkProgress) => void): () => void {
    return this.#told.on(listener);
  }

  list(): WorkProgress[] {
    return [...this.#running.values()].map(({ progress }) => progress);
  }

  /** Does nothing where the work has ended: then there is nothing to cancel. */
  cancel(workId: string): void {
    const running = this.#running.get(workId);
    if (running === undefined || running.progress.phase !== 'running') return;
    running.progress = { ...running.progress, phase: 'cancelling' };
    this.#tellNow(running);
    running.stop.abort(cancelled(running.progress.title));
  }

  /**
   * Does the work and answers what it answers. One that was cancelled rejects with `work/cancelled`, whatever it
   * threw then, unless it had finished: what is done is done.
   * @throws EngineError `work/cancelled`, `work/id-in-use`, and what the work throws.
   */
  async run<T>({ workId, title }: WorkOrder, work: (handle: WorkHandle) => Promise<T>): Promise<T> {
    if (this.#running.has(workId)) {
      throw new EngineError('work/id-in-use', `${title} runs already: wait for it or cancel it`, { workId });
    }
    const running: Running = {
      progress: { workId, title, phase: 'running', doneCount: 0, totalCount: null, text: '' },
      stop: new AbortController(),
      lastToldMs: Number.NEGATIVE_INFINITY,
      untell: undefined,
    };
    this.#running.set(workId, running);
    this.#tellNow(running);
    try {
      return await work(this.#handleOf(running));
    } catch (error) {
      if (running.stop.signal.aborted) throw cancelled(title);
      throw error;
    } finally {
      this.#running.delete(workId);
      running.progress = { ...running.progress, phase: 'ended' };
      this.#tellNow(running);
    }
  }

  #handleOf(running: Running): WorkHandle {
    const { signal } = running.stop;
    return {
      signal,
      tell: (doneCount, totalCount, text) => {
        if (running.progress.phase === 'ended') return;
        running.progress = { ...running.progress, doneCount, totalCount, text };
        this.#tellSoon(running);
      },
      breathe: async () => {
        await new Promise<void>((resolve) => this.#clock.after(0, resolve));
        signal.throwIfAborted();
      },
    };
  }

  #tellSoon(running: Running): void {
    if (running.untell !== undefined) return;
    const waitMs = running.lastToldMs + TELL_EACH_MS - this.#clock.monotonicMs();
    if (waitMs <= 0) this.#tellNow(running);
    else running.untell = this.#clock.after(waitMs, () => this.#tellNow(running));
  }

  #tellNow(running: Running): void {
    running.untell?.();
    running.untell = undefined;
    running.lastToldMs = this.#clock.monotonicMs();
    this.#told.emit(running.progress);
  }
}

const cancelled = (title: string): EngineError => new EngineError('work/cancelled', `${title} was cancelled.`);
