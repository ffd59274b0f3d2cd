import type { ChangeStore, ChangeWriter, SampleSource } from './ports.ts';

const OBSERVED_UNTIL = 'observedUntilMs';

/**
 * Until when each server had been observed without a gap when the program last ran: server id to our clock. Not the
 * moment at which it ended: a server may have been away then, or its history of an earlier gap not read to the end.
 */
export async function readObservedUntil(store: Pick<ChangeStore, 'readSetting'>): Promise<ReadonlyMap<string, number>> {
  const text = await store.readSetting(OBSERVED_UNTIL);
  // Written by `mark` and by nobody else.
  return new Map(text === undefined ? [] : Object.entries(JSON.parse(text) as Record<string, number>));
}

/** Writes down until when each server is observed, never ahead of the values themselves. */
export class ObservedUntil {
  readonly #sources: readonly { readonly serverId: string; readonly source: SampleSource }[];
  readonly #store: Pick<ChangeStore, 'writeSetting'>;
  readonly #writer: Pick<ChangeWriter, 'flush'>;
  /** Counts for a server that was never reached: what it keeps since then is read when it is. */
  readonly #startedAtMs: number;
  #isMarking = false;

  constructor(
    parts: {
      readonly sources: readonly { readonly serverId: string; readonly source: SampleSource }[];
      readonly store: Pick<ChangeStore, 'writeSetting'>;
      readonly writer: Pick<ChangeWriter, 'flush'>;
    },
    startedAtMs: number,
  ) {
    this.#sources = parts.sources;
    this.#store = parts.store;
    this.#writer = parts.writer;
    this.#startedAtMs = startedAtMs;
  }

  /** Waits until what was observed by now is on disk; does nothing while an earlier call still waits. */
  async mark(): Promise<void> {
    if (this.#isMarking) return;
    this.#isMarking = true;
    try {
      const observed = this.#toText();
      await this.#writer.flush();
      await this.#store.writeSetting(OBSERVED_UNTIL, observed);
    } finally {
      this.#isMarking = false;
    }
  }

  /** The last word, when the sources have ended and everything of theirs is on disk. */
  async markEnd(): Promise<void> {
    await this.#store.writeSetting(OBSERVED_UNTIL, this.#toText());
  }

  #toText(): string {
    return JSON.stringify(
      Object.fromEntries(
        this.#sources.map(({ serverId, source }) => [serverId, source.observedUntilMs ?? this.#startedAtMs]),
      ),
    );
  }
}
