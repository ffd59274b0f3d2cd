import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type TestInfo } from 'playwright/test';
import { type ConservationSum, openBalance, type RampStart, weigh } from '../fixtures/conservation.ts';
import { Gateway, type GatewayOptions } from '../fixtures/gateway.ts';
import type { Line } from '../fixtures/line.ts';
import { type RampSource, untilStored } from '../fixtures/ramps.ts';
import type { SeededRandom } from '../fixtures/seeded-random.ts';
import { changeSite } from '../fixtures/site-file.ts';

/** Short, so that a dead connection is noticed within 6 s. */
export const KEEP_ALIVE_S = 4;
const START_LIMIT_MS = 90_000;
/** When a fault is over, values flow again within this with no one's help (reliability guide, G6). */
const RECOVERY_LIMIT_MS = 30_000;
const BALANCE_LIMIT_MS = 90_000;
/** Fault 58 tries the promise itself, 5 s; here it only has to end by itself, also on a machine that is busy. */
const STOP_LIMIT_MS = 10_000;

/** What a test measured; goes to the reporter as an attachment. */
export interface FaultMeasure {
  readonly recoveryS: number;
  readonly sum: ConservationSum;
  readonly notes: readonly string[];
}

export const MEASURE_ATTACHMENT = 'fault-measure';

interface StartOptions extends GatewayOptions {
  readonly keepAliveS?: number;
  /** URLs of the site file that are replaced, such as by those of a proxy. */
  readonly urls?: Readonly<Record<string, string>>;
  /** Any other change of the site file's text. */
  readonly change?: (siteText: string) => string;
}

interface SettleOptions {
  /** Counted by the source itself as overflown. */
  readonly sourceOverflow?: number;
  /** Rows may wait at the end, such as when the host is offline on purpose; otherwise the buffer must be empty. */
  readonly mayStayQueued?: boolean;
  /** Values counted as dropped may have arrived: they were on the road when they were dropped. */
  readonly mayOvercount?: boolean;
  /** Where "recovered within 30 s" is not what is promised. */
  readonly recoveryLimitMs?: number;
  /** When the ending in order within 5 s is not the point, as with a gateway that was killed. */
  readonly isStopped?: boolean;
}

/** A gateway, or a workbench that is one. */
type Stoppable = Pick<Gateway, 'stop'>;

/** One injected fault from the start of the gateway to the balance. */
export class FaultRun {
  readonly line: Line;
  /** The same numbers for the same seed. */
  readonly random: SeededRandom;
  readonly dataFolder: string;
  readonly #testInfo: TestInfo;
  readonly #notes: string[] = [];
  #source: RampSource;
  #start: RampStart | undefined;
  #overAtMs: number | undefined;
  #recoveryS: number | undefined;
  #measure: FaultMeasure | undefined;

  constructor(line: Line, random: SeededRandom, testInfo: TestInfo) {
    this.line = line;
    this.random = random;
    this.dataFolder = join(line.folder, 'gateway');
    this.#testInfo = testInfo;
    this.#source = line.plant;
  }

  /** Writes the changed site file and starts a gateway on it without waiting; `start` again starts another one. */
  async prepareGateway(options: StartOptions = {}): Promise<{ siteFile: string; start(): Gateway }> {
    const { keepAliveS = KEEP_ALIVE_S, urls = {}, change } = options;
    const siteFile = await changeSite(this.line.plant, this.line.folder, { keepAliveS, urls });
    if (change !== undefined) await writeFile(siteFile, change(await readFile(siteFile, 'utf8')));
    return { siteFile, start: () => Gateway.start(siteFile, this.dataFolder, options) };
  }

  /** Starts a gateway, waits until every ramp is in the database, and opens the balance there. */
  async startGateway(options: StartOptions = {}): Promise<{ gateway: Gateway; start(): Gateway; siteFile: string }> {
    const { siteFile, start } = await this.prepareGateway(options);
    const gateway = start();
    await this.open();
    return { gateway, start, siteFile };
  }

  /** Waits until every ramp is in the database; from here each value counts. */
  async open(limitMs = START_LIMIT_MS): Promise<void> {
    await untilStored(this.#source, limitMs);
    this.#start = await openBalance(this.#source);
  }

  /** From here on the ramps of this server are weighed, not those of the plant. */
  countOn(source: RampSource): void {
    this.#source = source;
  }

  /** The length of a fault: nothing can be awaited that takes its place. */
  lasts(durationMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, durationMs));
  }

  /** A fact for the table of results, such as a time that was measured. */
  note(text: string): void {
    this.#notes.push(text);
  }

  /** The fault ends now: the time to recovery runs. Without it, it runs from `settle`. */
  over(): void {
    this.#overAtMs = performance.now();
  }

  /** Weighs the law now; nothing is asserted. */
  async weigh(sourceOverflow = 0): Promise<ConservationSum> {
    if (this.#start === undefined) throw new Error('the balance was not opened: call startGateway or open first');
    return weigh(this.#source, this.#start, { dataFolders: [this.dataFolder], sourceOverflow });
  }

  /**
   * The fault is over: values flow again, the load ends, everything is accounted for, and the gateway still ends
   * in order. Records the measure.
   */
  async settle(gateway: Stoppable, options: SettleOptions = {}): Promise<ConservationSum> {
    if (this.#recoveryS === undefined) await this.recover(options.recoveryLimitMs);
    return this.balance(gateway, this.#recoveryS ?? 0, options);
  }

  /** Waits until what the ramps had reached by now is in the database; `settle` does so by itself. */
  async recover(limitMs = RECOVERY_LIMIT_MS): Promise<void> {
    const overAtMs = this.#overAtMs ?? performance.now();
    await untilStored(this.#source, limitMs);
    this.#recoveryS = (performance.now() - overAtMs) / 1_000;
  }

  /** The balance alone, where the recovery was seen otherwise or is not promised. */
  async balance(gateway: Stoppable, recoveryS: number, options: SettleOptions = {}): Promise<ConservationSum> {
    await this.#source.stopLoad();
    const isOpen = ({ unexplained, queued }: ConservationSum): boolean =>
      unexplained > 0 || (queued > 0 && options.mayStayQueued !== true);
    const untilMs = performance.now() + BALANCE_LIMIT_MS;
    while (isOpen(await this.weigh(options.sourceOverflow)) && performance.now() < untilMs) await this.lasts(500);
    const { exitCode, tookMs } = options.isStopped === true ? { exitCode: 0, tookMs: 0 } : await gateway.stop();
    const sum = await this.weigh(options.sourceOverflow);
    this.#measure = { recoveryS, sum, notes: this.#notes };
    expect(sum).toMatchObject({ unexplained: 0, twice: 0, ...(options.mayStayQueued === true ? {} : { queued: 0 }) });
    if (options.mayOvercount !== true) expect(sum.overcounted).toBe(0);
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(STOP_LIMIT_MS);
    return sum;
  }

  /** Hands over what was measured, with all notes. To be called last, also when the test has failed. */
  async record(): Promise<void> {
    if (this.#measure === undefined) return;
    const body = JSON.stringify(this.#measure);
    await this.#testInfo.attach(MEASURE_ATTACHMENT, { body, contentType: 'application/json' });
  }
}
