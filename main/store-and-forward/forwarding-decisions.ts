/** What the forwarding plan asks for next. Pure, like the plan. */
import { PRIORITIES, type Priority } from '../../shared/domain/metric.ts';
import type { Epoch, ForwardingPlan, History, SendRequest, SentBatch } from './forwarding-state.ts';
import { addRanges, countRows, hasRow, type RowRange, type RowRanges } from './row-ranges.ts';
import { isSuspect, leadingPart } from './suspicion.ts';
import { tokensAt } from './token-bucket.ts';

/** The send to start now; undefined when one runs, the road is full, or nothing waits. */
export function nextSend(plan: ForwardingPlan, nowMs: number): SendRequest | undefined {
  const { session, numbers, suspicion, epoch } = plan;
  if (session.phase !== 'born' || plan.sending !== undefined) return undefined;
  const unread = session.batches.filter((batch) => batch.readAtMs === undefined);
  // A suspect is alone on the road.
  if (suspicion !== undefined && unread.some((batch) => isSuspect(suspicion, batch.rows))) return undefined;
  const roadRows = numbers.maxUnbarrieredRows - sumRows(unread);
  if (roadRows <= 0) return undefined;
  const history = nextHistory(plan, session, nowMs, roadRows);
  const isProbeDue = history?.isProbe === true && session.isProven;
  // New rows that come faster than the broker answers would never leave the road to a suspect: they take turns.
  const isProbesTurn = isProbeDue && session.wasLiveLast;
  if (session.liveAfterRowId < plan.lastRowId && !isProbesTurn) {
    const wanted = [{ firstRowId: session.liveAfterRowId + 1, lastRowId: plan.lastRowId }];
    return { epoch, historyOf: undefined, wanted, maxRows: Math.min(numbers.batchRows, roadRows) };
  }
  if (history?.isProbe === true && (!isProbeDue || unread.length > 0)) return undefined;
  return history?.request;
}

/** The part of the history that comes next, as soon as its rows per second allow it. */
function nextHistory(
  plan: ForwardingPlan,
  session: Epoch,
  nowMs: number,
  roadRows: number,
): { readonly isProbe: boolean; readonly request: SendRequest } | undefined {
  const { numbers, suspicion, epoch } = plan;
  const historyOf = highestClass(session.history);
  if (historyOf === undefined || historyWaitMs(plan, session, nowMs) > 0) return undefined;
  const waiting = session.history[historyOf];
  const part = suspicion === undefined ? { isProbe: false, wanted: waiting } : leadingPart(suspicion, waiting);
  const batchRows = part.isProbe ? (suspicion?.probeRows ?? 1) : historyBatchRows(plan);
  const wanted = nextSpan(part.wanted, numbers.batchRows);
  return { isProbe: part.isProbe, request: { epoch, historyOf, wanted, maxRows: Math.min(batchRows, roadRows) } };
}

/** Time until history may go on; undefined when time alone changes nothing. */
export function nextHistoryDelayMs(plan: ForwardingPlan, nowMs: number): number | undefined {
  const { session } = plan;
  if (session.phase !== 'born' || highestClass(session.history) === undefined) return undefined;
  const waitMs = historyWaitMs(plan, session, nowMs);
  return waitMs > 0 ? waitMs : undefined;
}

/** The highest class with rows that may still wait. */
const highestClass = (history: History): Priority | undefined =>
  PRIORITIES.findLast((priority) => history[priority].length > 0);

/** The batch that a barrier asked now would speak for; undefined when one is asked or none is needed. */
export function nextBarrier(plan: ForwardingPlan): { epoch: number; throughBatchId: number } | undefined {
  const { session } = plan;
  if (session.phase !== 'born' || session.barrierThroughBatchId !== undefined) return undefined;
  const newest = session.batches.findLast((batch) => batch.readAtMs === undefined);
  if (newest !== undefined) return { epoch: plan.epoch, throughBatchId: newest.batchId };
  // Before a suspect is sent: a connection that closes without it is no proof against it.
  const isProofMissing = plan.suspicion !== undefined && !session.isProven;
  return isProofMissing ? { epoch: plan.epoch, throughBatchId: plan.nextBatchId - 1 } : undefined;
}

/** True when everything that can be sent is sent and read by the broker. */
export function isDrained({ session, sending, lastRowId }: ForwardingPlan): boolean {
  if (session.phase !== 'born' || sending !== undefined) return false;
  const isAllSent = session.liveAfterRowId >= lastRowId && highestClass(session.history) === undefined;
  return isAllSent && session.batches.every((batch) => batch.readAtMs !== undefined);
}

/** Rows sent and not yet arrived; rows arrived and not yet deleted; rows that wait for their device's birth. */
export function countPlan({ session, toConfirm }: ForwardingPlan): {
  readonly sentCount: number;
  readonly arrivedCount: number;
  readonly heldCount: number;
} {
  const arrivedCount = countRows(toConfirm);
  if (session.phase !== 'born') return { sentCount: 0, arrivedCount, heldCount: 0 };
  const heldCount = [...session.held.values()].reduce((sum, ranges) => sum + countRows(ranges), 0);
  return { sentCount: sumRows(session.batches), arrivedCount, heldCount };
}

export function isSent({ session, toConfirm }: ForwardingPlan, rowId: number): boolean {
  if (hasRow(toConfirm, rowId)) return true;
  return session.phase === 'born' && session.batches.some((batch) => hasRow(batch.rows, rowId));
}

/** All rows for which `isSent` is true. */
export const sentRowsOf = ({ session, toConfirm }: ForwardingPlan): RowRanges =>
  session.phase === 'born'
    ? session.batches.reduce<RowRanges>((rows, batch) => addRanges(rows, batch.rows), toConfirm)
    : toConfirm;

const sumRows = (batches: readonly SentBatch[]): number => batches.reduce((sum, batch) => sum + batch.rowCount, 0);

/** A tenth of a second's share at most, so that a slow rate is not sent in lumps. */
const historyBatchRows = ({ numbers, historyRowsPerS }: ForwardingPlan): number =>
  Math.max(1, Math.min(numbers.batchRows, Math.ceil(historyRowsPerS / 10)));

function historyWaitMs(plan: ForwardingPlan, session: Epoch, nowMs: number): number {
  const { historyRowsPerS } = plan;
  const missing = historyBatchRows(plan) - tokensAt(session.tokens, historyRowsPerS, nowMs);
  return missing <= 0 ? 0 : Math.ceil((missing / historyRowsPerS) * 1_000);
}

/** The oldest ranges that one read can serve: gaps in between must be small, because the read goes through them. */
function nextSpan(ranges: RowRanges, maxGapRows: number): RowRanges {
  const span: RowRange[] = [];
  for (const range of ranges) {
    const last = span.at(-1);
    if (last !== undefined && range.firstRowId - last.lastRowId > maxGapRows) break;
    span.push(range);
    if (span.length >= maxGapRows) break;
  }
  return span;
}
