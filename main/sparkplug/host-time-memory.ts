import { z } from 'zod';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { isCredible } from './edge-node-host-rules.ts';
import type { SessionMemory } from './sparkplug-link.ts';

/** In the buffer file; also written by `lineside sparkplug forget-host` while no gateway runs. */
export const HOST_TIMES_SETTING = 'sparkplug/primaryHostTimestamps';
/** What is written there when nothing is to be known any more. */
export const NO_HOST_TIMES = '[]';

const HostTimes = z.array(z.object({ hostId: z.string(), brokerUrl: z.string(), timestampMs: z.number() }));
type HostTime = z.infer<typeof HostTimes>[number];

/**
 * The newest STATE timestamp per broker and host, kept over processes: an edge node that has just started would
 * otherwise take the online of a session long over for a living host. A memory that fails is not worth standing
 * still for.
 */
export class HostTimeMemory {
  readonly #memory: SessionMemory;
  readonly #hostId: string;
  readonly #brokerUrls: readonly string[];
  readonly #log: Log;
  /** Those of other hosts and brokers too: a site file that is changed back finds them again. */
  #times: readonly HostTime[] = [];
  #writing: Promise<void> | undefined;
  #isChanged = false;

  constructor(memory: SessionMemory, hostId: string, brokerUrls: readonly string[], log: Log) {
    this.#memory = memory;
    this.#hostId = hostId;
    this.#brokerUrls = brokerUrls;
    this.#log = log;
  }

  /** By place in the broker list. What cannot be right by our clock of now is left out. */
  async read(nowMs: number): Promise<ReadonlyMap<number, number>> {
    try {
      const text = await this.#memory.readSetting(HOST_TIMES_SETTING);
      if (text !== undefined) this.#times = HostTimes.parse(JSON.parse(text));
    } catch (error) {
      this.#log.warn('the last STATE timestamps of the primary host could not be read', {
        error: describeError(error),
      });
    }
    return new Map(
      this.#brokerUrls.flatMap((brokerUrl, index): [number, number][] => {
        const known = this.#times.find((time) => time.hostId === this.#hostId && time.brokerUrl === brokerUrl);
        return known !== undefined && isCredible(known.timestampMs, nowMs) ? [[index, known.timestampMs]] : [];
      }),
    );
  }

  remember(brokerIndex: number, timestampMs: number): void {
    const brokerUrl = this.#brokerUrls[brokerIndex];
    if (brokerUrl === undefined) return;
    const others = this.#times.filter((time) => time.hostId !== this.#hostId || time.brokerUrl !== brokerUrl);
    this.#write([...others.slice(-MOST_OTHERS), { hostId: this.#hostId, brokerUrl, timestampMs }]);
  }

  forget(): void {
    this.#write([]);
  }

  /** One write at a time, and the last one counts: a host that says much must not fill a queue. */
  #write(times: readonly HostTime[]): void {
    this.#times = times;
    this.#isChanged = true;
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    while (this.#isChanged) {
      this.#isChanged = false;
      try {
        await this.#memory.writeSetting(HOST_TIMES_SETTING, JSON.stringify(this.#times));
      } catch (error) {
        this.#log.warn('the STATE timestamp of the primary host could not be remembered', {
          error: describeError(error),
        });
      }
    }
    this.#writing = undefined;
  }
}

const MOST_OTHERS = 30;
