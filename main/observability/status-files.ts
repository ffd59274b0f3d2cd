import { rename, rm, writeFile } from 'node:fs/promises';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { toPrometheusText } from './prometheus-text.ts';
import type { StatusRecord } from './status-record.ts';

const WRITE_EVERY_MS = 2_000;

interface StatusFilesOptions {
  readonly statusFile: string;
  /** A file `*.prom`, by default in the data folder; readable for the collector where the folder is. */
  readonly metricsFile: string;
  readonly processId: number;
  readonly hostName: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Leaves the state of the gateway in two files, every 2 s, each replaced as a whole. It disturbs nobody: a write that
 * takes long lets the next ones pass, and one that fails (a full disk) is told once and tried again.
 */
export class StatusFiles {
  readonly #options: StatusFilesOptions;
  #last: EngineSnapshot | undefined;
  #writing: Promise<void> | undefined;
  #writtenAtMs = -Infinity;
  #isFailing = false;

  constructor(options: StatusFilesOptions) {
    this.#options = options;
  }

  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** Does nothing while the last write is under way or less than 2 s old. */
  show(snapshot: EngineSnapshot): void {
    this.#last = snapshot;
    const nowMs = this.#options.clock.monotonicMs();
    if (this.isWriting || nowMs - this.#writtenAtMs < WRITE_EVERY_MS) return;
    this.#writtenAtMs = nowMs;
    this.#writing = this.#write(snapshot).finally(() => (this.#writing = undefined));
  }

  /** Marks the gateway as stopped and takes its metrics away: a collector would go on telling the last ones. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#last === undefined) return;
    await this.#attempt(async (snapshot) => {
      await this.#replace(this.#options.statusFile, this.#toRecord('stopped', snapshot), 0o600);
      await rm(this.#options.metricsFile, { force: true });
    }, this.#last);
  }

  #write(snapshot: EngineSnapshot): Promise<void> {
    return this.#attempt(async () => {
      await this.#replace(this.#options.statusFile, this.#toRecord('running', snapshot), 0o600);
      await this.#replace(this.#options.metricsFile, toPrometheusText(snapshot), 0o644);
    }, snapshot);
  }

  async #attempt(write: (snapshot: EngineSnapshot) => Promise<void>, snapshot: EngineSnapshot): Promise<void> {
    const { log } = this.#options;
    try {
      await write(snapshot);
      if (this.#isFailing) log.info('the status is written again');
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.warn('the status cannot be written', { error: describeError(error) });
      this.#isFailing = true;
    }
  }

  #toRecord(phase: StatusRecord['phase'], snapshot: EngineSnapshot): string {
    const { processId, hostName, clock } = this.#options;
    const record: StatusRecord = { format: 1, phase, processId, hostName, writtenAtMs: clock.nowMs(), snapshot };
    return JSON.stringify(record);
  }

  /** Not flushed to disk: after a power cut nobody asks for the status of before. */
  async #replace(file: string, text: string, mode: number): Promise<void> {
    const beside = `${file}.new`;
    try {
      await writeFile(beside, text, { mode });
      await rename(beside, file);
    } catch (error) {
      // What was written in part takes room on a disk that has none.
      await rm(beside, { force: true }).catch(() => {});
      throw error;
    }
  }
}
