import { type DataValue, type HistoryReadResult, StatusCodes } from 'node-opcua';
import type { Sample } from '../../shared/domain/metric.ts';
import type { ResolvedTag } from './item-request.ts';
import type { OpcuaTag } from './opcua-source-options.ts';
import { describeStatus, toQuality, toSample } from './to-sample.ts';

/** How far the history of one tag is read. */
export interface HistoryCursor {
  readonly resolved: ResolvedTag;
  /** Where to begin anew without a continuation point. */
  readonly fromMs: number;
  readonly continuationPoint: Buffer | null;
  /** `fromMs` when it last began anew; a second time from there brings nothing. */
  readonly restartedAtMs: number | null;
}

export type HistoryPage =
  | { readonly kind: 'more'; readonly samples: readonly Sample[]; readonly next: HistoryCursor }
  | { readonly kind: 'end'; readonly samples: readonly Sample[] }
  /** No room on the server: ask again when other tags are done. */
  | { readonly kind: 'later'; readonly next: HistoryCursor }
  | { readonly kind: 'refused'; readonly reason: string };

/** The parts of a node-opcua `HistoryReadResult` that are read. */
export type DecodedHistoryResult = Pick<HistoryReadResult, 'statusCode' | 'continuationPoint' | 'historyData'>;

/** The beginning: nothing is read yet. */
export const openCursor = (resolved: ResolvedTag, fromMs: number): HistoryCursor => ({
  resolved,
  fromMs,
  continuationPoint: null,
  restartedAtMs: null,
});

/**
 * The cursors that can be asked for in one call: those with a continuation point, whose range the server
 * knows, and those that begin at the earliest `fromMs`. The others wait for their turn.
 */
export function nextCall(cursors: readonly HistoryCursor[]): { due: HistoryCursor[]; fromMs: number } {
  const fromMs = Math.min(...cursors.map((cursor) => (cursor.continuationPoint === null ? cursor.fromMs : Infinity)));
  const due = cursors.filter((cursor) => cursor.continuationPoint !== null || cursor.fromMs === fromMs);
  return { due, fromMs: Number.isFinite(fromMs) ? fromMs : Math.min(...due.map((cursor) => cursor.fromMs)) };
}

/** One answer of the server for one tag: its samples and what to do next. */
export function turnPage(cursor: HistoryCursor, result: DecodedHistoryResult | undefined): HistoryPage {
  if (result === undefined) return { kind: 'refused', reason: 'no answer' };
  const { statusCode } = result;
  if (statusCode.equals(StatusCodes.BadNoContinuationPoints)) return { kind: 'later', next: cursor };
  // The server needed the place (OPC 10000-4, 7.9): begin anew where the last page ended.
  const isForgotten = statusCode.equals(StatusCodes.BadContinuationPointInvalid) && cursor.continuationPoint !== null;
  if (isForgotten && cursor.restartedAtMs !== cursor.fromMs) {
    return { kind: 'later', next: { ...cursor, continuationPoint: null, restartedAtMs: cursor.fromMs } };
  }
  if (toQuality(statusCode.value) === 'bad') return { kind: 'refused', reason: describeStatus(statusCode.value) };
  const samples = toHistorySamples(cursor.resolved.tag, readDataValues(result));
  if (!result.continuationPoint || result.continuationPoint.length === 0) return { kind: 'end', samples };
  const fromMs = samples.at(-1)?.sourceTimestampMs ?? cursor.fromMs;
  return { kind: 'more', samples, next: { ...cursor, fromMs, continuationPoint: result.continuationPoint } };
}

// HistoryData and HistoryModifiedData have the values; a server that has none may give no body at all.
function readDataValues({ historyData }: DecodedHistoryResult): readonly DataValue[] {
  return (historyData as { dataValues?: DataValue[] | null } | null | undefined)?.dataValues ?? [];
}

/**
 * Values of the past as samples, each with the source time the server kept. One without a time is no history
 * and is left out; history has no server time of its own, the source time stands for it.
 */
export function toHistorySamples(tag: OpcuaTag, dataValues: readonly DataValue[]): Sample[] {
  return dataValues.flatMap((dataValue) => {
    const sourceMs = dataValue.sourceTimestamp?.getTime();
    return sourceMs === undefined ? [] : [toSample(tag, dataValue, sourceMs).sample];
  });
}
