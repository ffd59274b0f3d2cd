import { delay, systemClock, within } from '../platform/clock.ts';
import type { MqttFrame } from '../testing/mqtt-frames.ts';
import { parsePacket } from './mqtt-packets.ts';
import { type Connection, type Deed, type Heard, type Packet, type Recording, toContent } from './recording.ts';

type About = Pick<Recording, 'scenario' | 'groupId' | 'edgeNodeId' | 'primaryHostId'> & {
  readonly namesakeCount?: number;
};

/** A connection that is still being written to. */
export interface OpenConnection {
  took(from: Packet['from'], frame: MqttFrame): void;
  closed(): void;
}

/**
 * Writes down what happens in one run of our engine, over all its brokers, in one order. A scenario waits for what it
 * has caused by looking at what is written so far: no step is timed.
 */
export class Recorder {
  readonly #about: About;
  readonly #connections: (Omit<Connection, 'closed'> & { closed: Connection['closed']; packets: Packet[] })[] = [];
  readonly #heard: Heard[] = [];
  readonly #deeds: Deed[] = [];
  readonly #watchers = new Set<() => void>();
  #brokerCount = 0;
  #order = 0;

  constructor(about: About) {
    this.#about = about;
  }

  /** Gives the broker its place in the list. */
  addBroker(): number {
    return this.#brokerCount++;
  }

  /** A copy of what is written so far. */
  get recording(): Recording {
    return {
      namesakeCount: 1,
      ...this.#about,
      brokerCount: this.#brokerCount,
      connections: this.#connections.map((connection) => ({ ...connection, packets: [...connection.packets] })),
      heard: [...this.#heard],
      deeds: [...this.#deeds],
    };
  }

  connectionOpened(broker: number): OpenConnection {
    const packets: Packet[] = [];
    const connection = { broker, opened: this.#now(), closed: undefined as Connection['closed'], packets };
    this.#connections.push(connection);
    return {
      took: (from, frame) => {
        const fields = parsePacket(frame);
        const moment = { ...this.#now(), from };
        if (fields.kind === 'publish') {
          packets.push({ ...moment, ...fields, content: toContent(fields.topic, fields.payload) });
        } else if (fields.kind === 'connect') {
          const { will } = fields;
          const willContent = will === undefined ? undefined : toContent(will.topic, will.payload);
          packets.push({ ...moment, ...fields, willContent });
        } else {
          packets.push({ ...moment, ...fields });
        }
        this.#look();
      },
      closed: () => {
        connection.closed ??= this.#now();
        this.#look();
      },
    };
  }

  heard(broker: number, message: { topic: string; payload: Uint8Array; qos: number; isRetained: boolean }): void {
    const { topic, payload, qos, isRetained } = message;
    const content = toContent(topic, payload);
    this.#heard.push({ ...this.#now(), broker, topic, qos, isRetained, payload, content });
    this.#look();
  }

  did(what: Exclude<Deed['what'], 'value-set'>, deviceId?: string): void {
    this.#deeds.push({ ...this.#now(), what, deviceId });
  }

  /** A source has this value now, so it must be sent. */
  gave(deviceId: string | undefined, metricName: string, value: number): void {
    this.#deeds.push({ ...this.#now(), what: 'value-set', deviceId, given: { metricName, value } });
  }

  /** The place of the next entry: what is awaited after a step must stand behind it. */
  get mark(): number {
    return this.#order;
  }

  /** Resolves as soon as `holds` does; rejects after `limitMs` with what was waited for. */
  async until(what: string, holds: (recording: Recording) => boolean, limitMs = 60_000): Promise<void> {
    let stop = (): void => {};
    const seen = new Promise<void>((resolve, reject) => {
      const look = (): void => {
        try {
          if (holds(this.recording)) resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.#watchers.add(look);
      stop = () => this.#watchers.delete(look);
      look();
    });
    const missing = (): Error => new Error(`${this.#about.scenario}: ${what} was not seen within ${limitMs} ms`);
    await within(systemClock, limitMs, seen, missing).finally(stop);
  }

  /** Lets time go by in which nothing may happen: what must not come cannot be awaited. */
  pause(durationMs: number): Promise<void> {
    return delay(systemClock, durationMs);
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #now(): { order: number; atMs: number } {
    return { order: this.#order++, atMs: systemClock.nowMs() };
  }
}
