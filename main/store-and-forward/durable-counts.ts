import type { Settings } from './settings.ts';

/** What the forwarder has sent. */
export interface SendCounts {
  /** Rows sent as historical. */
  readonly replayedCount: number;
  /** Rows sent a second time, because what had carried them ended before they had arrived. */
  readonly resentCount: number;
}

/**
 * Counts over the whole life of the buffer. Each is a setting, written in the transaction that changes what it
 * counts, so that no crash can part the two; and settings outlive a damaged file.
 */
export interface DurableCounts extends SendCounts {
  /** Rows stored while there was no session. */
  readonly queuedCount: number;
  /** Rows that have arrived and were deleted for that. */
  readonly confirmedCount: number;
  /** Rows that could not be sent and were moved to the dead letters. */
  readonly deadLetterCount: number;
  /** Rows that a person has purged. */
  readonly purgedCount: number;
}

type CountReader = Pick<Settings, 'read'>;

const readCount = (settings: CountReader, name: keyof DurableCounts): number => Number(settings.read(name) ?? 0);

export const readCounts = (settings: CountReader): DurableCounts => ({
  replayedCount: readCount(settings, 'replayedCount'),
  resentCount: readCount(settings, 'resentCount'),
  queuedCount: readCount(settings, 'queuedCount'),
  confirmedCount: readCount(settings, 'confirmedCount'),
  deadLetterCount: readCount(settings, 'deadLetterCount'),
  purgedCount: readCount(settings, 'purgedCount'),
});

/** Inside the caller's transaction. */
export function addCounts(settings: Pick<Settings, 'read' | 'write'>, added: Partial<DurableCounts>): void {
  for (const [name, count] of Object.entries(added) as [keyof DurableCounts, number][]) {
    if (count !== 0) settings.write(name, String(readCount(settings, name) + count));
  }
}
