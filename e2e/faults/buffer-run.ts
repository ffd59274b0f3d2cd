import { expect, type TestInfo } from 'playwright/test';
import type { BufferFacts } from '../fixtures/buffer-programs.ts';
import type { ConservationSum } from '../fixtures/conservation.ts';
import type { SeededRandom } from '../fixtures/seeded-random.ts';
import { MEASURE_ATTACHMENT } from './fault-run.ts';

/** Where every row went that the writer was told is accepted. */
interface BufferClaim {
  /** The newest row whose append had resolved; the ramp gives row n the value n. */
  readonly acceptedRowId: number;
  /** Rows up to here were confirmed as arrived, and may be gone or still there. */
  readonly confirmedRowId?: number;
  /** Rows offered in all, where some of them were refused and so have no row id. */
  readonly offeredRows?: number;
}

/** One injected fault against the forward buffer alone. */
export class BufferRun {
  /** Of this test; gone afterwards. */
  readonly folder: string;
  /** The same numbers for the same seed. */
  readonly random: SeededRandom;
  readonly #testInfo: TestInfo;
  readonly #notes: string[] = [];
  readonly #sums: ConservationSum[] = [];

  constructor(folder: string, random: SeededRandom, testInfo: TestInfo) {
    this.folder = folder;
    this.random = random;
    this.#testInfo = testInfo;
  }

  /** A fact for the table of results. */
  note(text: string): void {
    this.#notes.push(text);
  }

  /** The length of a fault: nothing can be awaited that takes its place. */
  lasts(durationMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, durationMs));
  }

  /**
   * Every accepted row is there, or confirmed, or counted as dropped or damaged: exactly, once, in its order. Rows
   * beyond the accepted ones may be there whole: they were committed, and the answer was still on its way.
   */
  expectConserved(facts: BufferFacts, claim: BufferClaim): void {
    const sum = weighBuffer(facts, claim);
    this.#sums.push(sum);
    expect(sum).toMatchObject({ unexplained: 0, twice: 0, overcounted: 0 });
  }

  /** Records the measure of all that was weighed. To be called last. */
  async record(): Promise<void> {
    const total = (term: keyof ConservationSum): number => this.#sums.reduce((all, sum) => all + sum[term], 0);
    const last = this.#sums.at(-1);
    const sum =
      last && Object.fromEntries(Object.keys(last).map((term) => [term, total(term as keyof ConservationSum)]));
    await this.#testInfo.attach(MEASURE_ATTACHMENT, {
      body: JSON.stringify({ notes: this.#notes, ...(sum === undefined ? {} : { sum }) }),
      contentType: 'application/json',
    });
  }
}

/** The law of conservation over one buffer: what was appended = there + confirmed + dropped + damaged. */
export function weighBuffer(facts: BufferFacts, claim: BufferClaim): ConservationSum {
  const { runs, stats } = facts;
  const { acceptedRowId, confirmedRowId = 0, offeredRows = 0 } = claim;
  const produced = Math.max(acceptedRowId, stats.lastRowId, offeredRows);
  const present = new Set<number>();
  let rowCount = 0;
  for (const [first, last] of runs) {
    rowCount += last - first + 1;
    for (let value = first; value <= last; value++) present.add(value);
  }
  const isAscending = runs.every(([first], index) => index === 0 || first > (runs[index - 1]?.[1] ?? 0));
  let confirmed = 0;
  for (let value = 1; value <= confirmedRowId; value++) if (!present.has(value)) confirmed++;
  const rest = produced - present.size - confirmed - stats.droppedCount - stats.damagedCount;
  return {
    produced,
    received: confirmed,
    dropped: stats.droppedCount,
    queued: present.size,
    deadLetters: stats.damagedCount,
    sourceOverflow: 0,
    unexplained: Math.max(0, rest) + (isAscending ? 0 : 1),
    twice: rowCount - present.size,
    overcounted: Math.max(0, -rest),
  };
}
