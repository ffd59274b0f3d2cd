import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { MaintenanceRound } from './maintenance.ts';
import type { DirtyPatience } from './refresh-dirty.ts';

export interface AggregateKeeperParts {
  /** One round; see `runMaintenance`. */
  readonly maintain: (patience: DirtyPatience) => Promise<MaintenanceRound>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A round that finds nothing costs some milliseconds. */
const PERIOD_MS = 60_000;
/**
 * A single late row is in the reports after 90 s at most; an hour that a replay of many minutes fills is computed once
 * in ten of them and once at its end, not with every round.
 */
const PATIENCE: DirtyPatience = { quietMs: 30_000, longestMs: 10 * 60_000 };

/** Runs rounds of maintenance for as long as the program does, never two at once; a failure is told once. */
export class AggregateKeeper {
  readonly #parts: AggregateKeeperParts;
  #stopTimer = (): void => {};
  #isRunning = false;
  #lastTold = '';

  constructor(parts: AggregateKeeperParts) {
    this.#parts = parts;
  }

  /** The first round begins at once. To be called when the schema is up to date. */
  start(): void {
    this.#stopTimer();
    this.#stopTimer = this.#parts.clock.every(PERIOD_MS, () => void this.#run());
    void this.#run();
  }

  /** A round that runs ends with its connection. */
  stop(): void {
    this.#stopTimer();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      const round = await this.#parts.maintain(PATIENCE);
      if (round.phase === 'done') this.#tellDone(round.revised.length);
      else if (round.phase === 'not-owner') this.#tell('aggregates are refreshed by the owner of the database only');
    } catch (error) {
      this.#tell(`aggregates could not be refreshed, the next round tries again: ${describeError(error)}`);
    } finally {
      this.#isRunning = false;
    }
  }

  #tellDone(revisedCount: number): void {
    this.#lastTold = '';
    if (revisedCount > 0) this.#parts.log.info('late rows are in the aggregates', { hourCount: revisedCount });
  }

  #tell(text: string): void {
    if (this.#lastTold !== text) this.#parts.log.warn(text);
    this.#lastTold = text;
  }
}
