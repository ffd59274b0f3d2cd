import {
  AttributeIds,
  type ClientSession,
  HistoryReadRequest,
  type HistoryReadResult,
  ReadRawModifiedDetails,
  TimestampsToReturn,
  VariableIds,
} from 'node-opcua';
import type { Sample } from '../../shared/domain/metric.ts';
import { type Clock, delay } from '../platform/clock.ts';
import { describeError } from '../platform/engine-error.ts';
import type { Log } from '../platform/log.ts';
import { type HistoryCursor, nextCall, openCursor, turnPage } from './history-cursor.ts';
import { allowsHistoryRead, type HistoryPace, type HistoryRange, planPace, planRange } from './history-plan.ts';
import type { ResolvedTag } from './item-request.ts';
import { chunk, type SessionLimits } from './session-limits.ts';
import { untilAborted } from './until-aborted.ts';

export interface BackfillOptions {
  readonly session: ClientSession;
  readonly limits: SessionLimits;
  readonly tags: readonly ResolvedTag[];
  /** Since when nothing was observed, on our clock. */
  readonly gapFromMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** At most 1,000 at once, in order per tag. */
  onSamples(samples: readonly Sample[]): void;
  /** Ends the reading at once: the session is over. */
  readonly signal: AbortSignal;
}

const MOST_SAMPLES_AT_ONCE = 1_000;
/** Per call under way: live values of the same tags come through between. */
const MOST_SAMPLES_PER_MS = 10;

/** A server without room for another unfinished read is asked again so often, so much later. */
const MOST_STUCK_ROUNDS = 10;
const STUCK_WAIT_MS = 500;

/**
 * Reads what the server recorded while nobody observed it (HistoryRead, OPC 10000-11, 6.5.3) and hands it over
 * as ordinary samples. Call it when the live subscription is up: then no value falls between. Tags without
 * history are left alone.
 *
 * @returns false when it did not come to its end; the same gap is worth reading again. Never rejects.
 */
export async function backfillHistory(options: BackfillOptions): Promise<boolean> {
  try {
    await new HistoryReading(options).run();
    return true;
  } catch (error) {
    if (!options.signal.aborted) options.log.warn('history is not read', { reason: describeError(error) });
    return false;
  }
}

class HistoryReading {
  readonly #options: BackfillOptions;
  readonly #signal: AbortSignal;
  readonly #failing = new AbortController();
  readonly #refused = new Map<string, string>();
  #sampleCount = 0;

  constructor(options: BackfillOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#failing.signal]);
  }

  async run(): Promise<void> {
    const { limits, log, clock, gapFromMs } = this.#options;
    const tags = await this.#findHistorians();
    if (tags.length === 0) return;
    const askedAtMs = clock.nowMs();
    const range = planRange(gapFromMs, askedAtMs, await this.#readServerNow());
    await this.#readGroups(tags, range, planPace(limits));
    this.#tellRefused();
    log.info('history is read', {
      tags: tags.length - this.#refused.size,
      samples: this.#sampleCount,
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
    });
  }

  /** A few groups at once; the first failure ends them all. */
  async #readGroups(tags: readonly ResolvedTag[], range: HistoryRange, pace: HistoryPace): Promise<void> {
    const groups = chunk(tags, pace.nodesPerCall);
    const drains = Array.from({ length: pace.callsAtOnce }, async () => {
      for (let group = groups.shift(); group !== undefined; group = groups.shift()) {
        await this.#readGroup(group, range, pace);
      }
    });
    try {
      await Promise.all(drains);
    } finally {
      this.#failing.abort(new Error('another call failed'));
      await Promise.allSettled(drains);
    }
  }

  /** One warning for all tags. */
  #tellRefused(): void {
    if (this.#refused.size === 0) return;
    const [[tagId, reason] = []] = this.#refused;
    this.#options.log.warn('server refuses the history of tags', { count: this.#refused.size, tagId, reason });
  }

  /** The tags whose node lets this user read history. */
  async #findHistorians(): Promise<ResolvedTag[]> {
    const { session, limits, tags } = this.#options;
    const found: ResolvedTag[] = [];
    for (const part of chunk(tags, limits.nodesPerRead)) {
      const nodes = part.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.UserAccessLevel }));
      const answers = await untilAborted(session.read(nodes), this.#signal);
      found.push(...part.filter((_tag, index) => allowsHistoryRead(answers[index]?.value.value)));
    }
    return found;
  }

  async #readServerNow(): Promise<number> {
    const { session, clock } = this.#options;
    const node = { nodeId: `i=${VariableIds.Server_ServerStatus_CurrentTime}`, attributeId: AttributeIds.Value };
    const answer = await untilAborted(session.read(node), this.#signal);
    const now: unknown = answer.value.value;
    return now instanceof Date ? now.getTime() : clock.nowMs();
  }

  /** Page by page until all tags of the group are at their end. */
  async #readGroup(tags: readonly ResolvedTag[], range: HistoryRange, pace: HistoryPace): Promise<void> {
    let cursors = tags.map((resolved) => openCursor(resolved, range.fromMs));
    let stuckRounds = 0;
    while (cursors.length > 0) {
      const { due, fromMs } = nextCall(cursors);
      const results = await this.#ask(due, { ...range, fromMs }, pace);
      const pages = due.map((cursor, index) => ({ cursor, page: turnPage(cursor, results[index]) }));
      const isStuck = pages.every(({ cursor, page }) => page.kind === 'later' && page.next === cursor);
      stuckRounds = isStuck ? stuckRounds + 1 : 0;
      const samples: Sample[] = [];
      cursors = cursors.filter((cursor) => !due.includes(cursor));
      for (const { cursor, page } of pages) {
        const { tagId } = cursor.resolved.tag;
        if (page.kind === 'more' || page.kind === 'end') samples.push(...page.samples);
        if (page.kind === 'refused') this.#refused.set(tagId, page.reason);
        else if (stuckRounds > MOST_STUCK_ROUNDS) this.#refused.set(tagId, 'BadNoContinuationPoints');
        else if (page.kind !== 'end') cursors.push(page.next);
      }
      await this.#hand(samples);
      if (isStuck) await delay(this.#options.clock, STUCK_WAIT_MS, this.#signal);
    }
  }

  async #ask(
    cursors: readonly HistoryCursor[],
    range: HistoryRange,
    pace: HistoryPace,
  ): Promise<readonly HistoryReadResult[]> {
    const request = new HistoryReadRequest({
      historyReadDetails: new ReadRawModifiedDetails({
        isReadModified: false,
        startTime: new Date(range.fromMs),
        endTime: new Date(range.toMs),
        numValuesPerNode: pace.valuesPerNode,
        returnBounds: false,
      }),
      // The one kind every historian has.
      timestampsToReturn: TimestampsToReturn.Source,
      releaseContinuationPoints: false,
      nodesToRead: cursors.map(({ resolved, continuationPoint }) => ({
        nodeId: resolved.nodeId,
        ...(continuationPoint === null ? {} : { continuationPoint }),
      })),
    });
    const response = await untilAborted(this.#options.session.historyRead(request), this.#signal);
    return response.results ?? [];
  }

  async #hand(samples: readonly Sample[]): Promise<void> {
    for (const batch of chunk(samples, MOST_SAMPLES_AT_ONCE)) {
      this.#signal.throwIfAborted();
      this.#sampleCount += batch.length;
      this.#options.onSamples(batch);
      await delay(this.#options.clock, Math.ceil(batch.length / MOST_SAMPLES_PER_MS), this.#signal);
    }
  }
}
