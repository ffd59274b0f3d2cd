import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import type { ConfigurationCopy } from './copy-configuration.ts';

/** Where the configuration is at home. Any call may throw; the next round opens it anew. */
export interface ConfigurationSource {
  readCopied(): ConfigurationCopy;
  /** Another number whenever somebody has changed it. */
  changeMark(): number;
  close(): void;
}

export interface ConfigurationKeeperParts {
  readonly open: () => ConfigurationSource;
  /** See `copyConfiguration`. */
  readonly copy: (copy: ConfigurationCopy) => Promise<number>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Commands change the file without asking a running gateway, so it is looked at; that costs some microseconds. */
const PERIOD_MS = 10_000;

/** Keeps the copies of the configuration like their home for as long as the program runs; a failure is told once. */
export class ConfigurationKeeper {
  readonly #parts: ConfigurationKeeperParts;
  #source: ConfigurationSource | undefined;
  #copiedMark: number | undefined;
  #stopTimer = (): void => {};
  #isRunning = false;
  #lastTold = '';

  constructor(parts: ConfigurationKeeperParts) {
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
    this.#close();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      await this.#copyChanged();
      this.#lastTold = '';
    } catch (error) {
      this.#close();
      this.#tell(
        `the configuration is not copied into the historian, the next round tries again: ${describeError(error)}`,
      );
    } finally {
      this.#isRunning = false;
    }
  }

  async #copyChanged(): Promise<void> {
    const source = (this.#source ??= this.#parts.open());
    // Before it is read: what is changed meanwhile has another mark, and is copied in the next round.
    const mark = source.changeMark();
    if (mark === this.#copiedMark) return;
    const rowCount = await this.#parts.copy(source.readCopied());
    if (this.#source === source) this.#copiedMark = mark;
    if (rowCount > 0) this.#parts.log.info('the configuration is copied into the historian', { rowCount });
  }

  /** Marks of one opening say nothing about another one. */
  #close(): void {
    this.#copiedMark = undefined;
    const source = this.#source;
    this.#source = undefined;
    try {
      source?.close();
    } catch (error) {
      this.#tell(`the configuration could not be closed: ${describeError(error)}`);
    }
  }

  #tell(text: string): void {
    if (this.#lastTold !== text) this.#parts.log.warn(text);
    this.#lastTold = text;
  }
}
