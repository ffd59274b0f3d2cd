import { AccessLevelFlag } from 'node-opcua';
import type { SessionLimits } from './session-limits.ts';

/** The time that was missed, on the clock of the server. */
export interface HistoryRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How history is asked for. */
export interface HistoryPace {
  readonly nodesPerCall: number;
  readonly valuesPerNode: number;
  readonly callsAtOnce: number;
}

/** Values that were on their way when the connection broke. */
const MARGIN_MS = 2_000;
/** The live values begin before the clock of the server is read, so this only covers its rounding. */
const END_MARGIN_MS = 1_000;
const MOST_NODES_PER_CALL = 10;
const VALUES_PER_NODE = 500;
const CALLS_AT_ONCE = 2;

/**
 * What to read: from a little before the gap until now. Source times are the server's, the gap is ours, so
 * the range is widened by the difference of the clocks; reading twice does no harm, leaving out does.
 *
 * @param nowMs our clock, just before the server was asked for its own.
 */
export function planRange(gapFromMs: number, nowMs: number, serverNowMs: number): HistoryRange {
  return {
    fromMs: gapFromMs - MARGIN_MS + Math.min(0, serverNowMs - nowMs),
    toMs: Math.max(nowMs, serverNowMs) + END_MARGIN_MS,
  };
}

/** Small calls, few at once, and never more unfinished reads than the server can remember. */
export function planPace(
  limits: Pick<SessionLimits, 'nodesPerHistoryRead' | 'historyContinuationPoints'>,
): HistoryPace {
  const { nodesPerHistoryRead, historyContinuationPoints } = limits;
  const nodesPerCall = Math.min(MOST_NODES_PER_CALL, nodesPerHistoryRead, historyContinuationPoints);
  const callsAtOnce = Math.max(1, Math.min(CALLS_AT_ONCE, Math.floor(historyContinuationPoints / nodesPerCall)));
  return { nodesPerCall, valuesPerNode: VALUES_PER_NODE, callsAtOnce };
}

/** True when an AccessLevel or UserAccessLevel has the HistoryRead bit (OPC 10000-3, 8.57). */
export const allowsHistoryRead = (accessLevel: unknown): boolean =>
  typeof accessLevel === 'number' && (accessLevel & AccessLevelFlag.HistoryRead) !== 0;
