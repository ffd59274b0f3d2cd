/**
 * Decides what is sent, as what, and when it counts as arrived. Pure: the forwarder carries it out.
 *
 * - A birth (a rebirth too: the host may have missed something) starts an epoch. Every row stored until then and
 *   not confirmed is history, also what was in flight; every later row is live, and is sent in the order of rows.
 * - Live goes first; history runs beside it within its rows per second, the highest class first, each class in
 *   the order of rows.
 * - A row whose device is not born waits for that device's birth and is then history.
 * - A sent row has arrived when a barrier asked after it has passed AND, where there is a primary host, the host
 *   has stayed online for the hold time since then: what takes long to the broker, the host sees late. When the
 *   epoch ends before that, it is sent again: QoS 0, which Sparkplug demands for data (tck-id-payloads-ndata-qos),
 *   has no other acknowledgement.
 * - A row that cannot be encoded, or over which the broker closes the connection again and again, is set aside.
 */
import { assertNever } from '../../shared/domain/assert-never.ts';
import type {
  DeviceId,
  Epoch,
  ForwardingNumbers,
  ForwardingPlan,
  History,
  HostState,
  PlanInput,
  SendRequest,
  SentBatch,
  SentRow,
} from './forwarding-state.ts';
import { fasterPace, slowerPace } from './history-pace.ts';
import { addRange, addRanges, hasRow, removeRange, removeRanges, type RowRanges, toRanges } from './row-ranges.ts';
import { clear, LONE_FAILURES, suspect } from './suspicion.ts';
import { fullBucket, takeTokens } from './token-bucket.ts';

const REFUSED_REASON = `the broker closed the connection ${LONE_FAILURES} times over this row alone`;

export function newPlan(
  numbers: ForwardingNumbers,
  known: { readonly lastRowId: number; readonly replayedCount: number; readonly resentCount: number },
): ForwardingPlan {
  return {
    numbers,
    ...known,
    host: numbers.holdTimeMs === undefined ? { phase: 'not-needed' } : { phase: 'offline' },
    epoch: 0,
    session: { phase: 'none' },
    sending: undefined,
    nextBatchId: 1,
    toConfirm: [],
    toSetAside: [],
    suspicion: undefined,
    historyRowsPerS: numbers.historyRowsPerS,
    sentBefore: [],
  };
}

export function step(plan: ForwardingPlan, input: PlanInput): ForwardingPlan {
  switch (input.type) {
    case 'rows-committed':
      return noteCommitted(plan, input.lastRowId);
    case 'session-born':
      return plan.host.phase === 'offline' ? endEpoch(plan, 'paused') : beginEpoch(plan, input.nowMs);
    case 'session-ended':
      return endEpoch(noteClosed(plan), 'none');
    case 'epoch-failed':
      if (input.epoch !== plan.epoch) return plan;
      return endEpoch(input.isClosed ? noteClosed(plan) : plan, 'none');
    case 'host-changed':
      return changeHost(plan, input.isOnline, input.nowMs);
    case 'device-born':
      return noteDeviceBorn(plan, input.deviceId);
    case 'send-started':
      return { ...plan, sending: { request: input.request, bornDevices: new Set(), handedRows: [] } };
    case 'rows-handed':
      return { ...plan, sending: plan.sending && { ...plan.sending, handedRows: input.rows } };
    case 'send-given-up':
      return { ...plan, sending: undefined };
    case 'send-done':
      return noteSent(plan, input);
    case 'barrier-asked':
      return changeEpoch(plan, plan.epoch, { barrierThroughBatchId: input.throughBatchId });
    case 'barrier-passed':
      return noteBarrier(plan, input);
    case 'time-passed':
      return settleArrived(plan, input.nowMs);
    case 'confirmed':
      return {
        ...plan,
        toConfirm: removeRanges(plan.toConfirm, input.rows),
        sentBefore: removeRanges(plan.sentBefore, input.rows),
      };
    case 'set-aside':
      return withoutSetAside(plan, input.rowIds);
    default:
      return assertNever(input);
  }
}

/** Of a tag that was removed there may be a million. */
function withoutSetAside(plan: ForwardingPlan, rowIds: readonly number[]): ForwardingPlan {
  const gone = new Set(rowIds);
  return { ...plan, toSetAside: plan.toSetAside.filter((row) => !gone.has(row.rowId)) };
}

const noteCommitted = (plan: ForwardingPlan, lastRowId: number): ForwardingPlan =>
  lastRowId <= plan.lastRowId ? plan : { ...plan, lastRowId };

function beginEpoch(plan: ForwardingPlan, nowMs: number): ForwardingPlan {
  const ended = endEpoch(plan, 'none');
  const everything = addRange([], { firstRowId: 1, lastRowId: plan.lastRowId });
  const gone = addRanges(plan.toConfirm, toRanges(plan.toSetAside.map((row) => row.rowId).toSorted((a, b) => a - b)));
  const waiting = removeRanges(everything, gone);
  const session: Epoch = {
    phase: 'born',
    liveAfterRowId: plan.lastRowId,
    wasLiveLast: false,
    history: { high: waiting, normal: waiting, low: waiting },
    held: new Map(),
    tokens: fullBucket(plan.historyRowsPerS, nowMs),
    batches: [],
    isProven: false,
    barrierThroughBatchId: undefined,
  };
  return { ...ended, session };
}

/** What was in flight is forgotten, not lost: the next epoch finds it in the buffer. */
function endEpoch(plan: ForwardingPlan, phase: 'none' | 'paused'): ForwardingPlan {
  const { session } = plan;
  const sent = session.phase === 'born' ? session.batches.flatMap((batch) => batch.rows) : [];
  return { ...plan, epoch: plan.epoch + 1, session: { phase }, sentBefore: addRanges(plan.sentBefore, sent) };
}

/** The connection has closed: one of the rows that it carried may be why. */
function noteClosed(plan: ForwardingPlan): ForwardingPlan {
  const { session, sending, numbers } = plan;
  if (session.phase !== 'born') return plan;
  const handed = sending?.request.epoch === plan.epoch ? sending.handedRows : [];
  const unread = session.batches.filter((batch) => batch.readAtMs === undefined).flatMap((batch) => batch.rows);
  const { suspicion, guiltyRowId } = suspect(plan.suspicion, addRanges(toUnion(unread), handed), numbers.batchRows);
  if (guiltyRowId === undefined) return { ...plan, suspicion };
  const guilty = { rowId: guiltyRowId, reason: REFUSED_REASON };
  return { ...plan, suspicion, toSetAside: [...plan.toSetAside, guilty] };
}

const toUnion = (ranges: RowRanges): RowRanges => addRanges([], ranges);

function changeHost(plan: ForwardingPlan, isOnline: boolean, nowMs: number): ForwardingPlan {
  if (plan.host.phase === 'not-needed' || isOnline === (plan.host.phase === 'online')) return plan;
  const host: HostState = { phase: isOnline ? 'online' : 'offline' };
  const next = { ...plan, host };
  if (isOnline) return plan.session.phase === 'paused' ? beginEpoch(next, nowMs) : next;
  const slowed = { ...next, historyRowsPerS: slowerPace(plan.historyRowsPerS, plan.numbers.historyRowsPerS) };
  return plan.session.phase === 'born' ? endEpoch(slowed, 'paused') : slowed;
}

function noteDeviceBorn(plan: ForwardingPlan, deviceId: DeviceId): ForwardingPlan {
  const { sending, session } = plan;
  // A send that runs may still come back with rows of this device, refused before its birth.
  const noted = sending && { ...sending, bornDevices: new Set(sending.bornDevices).add(deviceId) };
  const rows = session.phase === 'born' ? session.held.get(deviceId) : undefined;
  const next = { ...plan, sending: noted };
  if (session.phase !== 'born' || rows === undefined) return next;
  const held = new Map(session.held);
  held.delete(deviceId);
  return { ...next, session: { ...session, held, history: addToHistory(session.history, rows) } };
}

function noteSent(plan: ForwardingPlan, input: PlanInput & { readonly type: 'send-done' }): ForwardingPlan {
  const { request, sent, refused } = input;
  const lateCount = request.historyOf === undefined ? 0 : sent.length;
  const next = {
    ...plan,
    sending: undefined,
    replayedCount: plan.replayedCount + lateCount,
    resentCount: plan.resentCount + sent.filter((row) => hasRow(plan.sentBefore, row.rowId)).length,
    toSetAside: input.poisoned.length === 0 ? plan.toSetAside : [...plan.toSetAside, ...input.poisoned],
  };
  if (plan.session.phase !== 'born' || request.epoch !== plan.epoch) {
    return { ...next, sentBefore: addRanges(plan.sentBefore, toRanges(sent.map((row) => row.rowId))) };
  }
  const placed = placeRefused(plan.session, refused, plan.sending?.bornDevices ?? new Set());
  const session: Epoch = {
    ...plan.session,
    ...(request.historyOf === undefined ? { liveAfterRowId: input.coveredUpToRowId } : {}),
    wasLiveLast: request.historyOf === undefined,
    held: placed.held,
    history: addToHistory(withoutCovered(plan.session.history, request, input.coveredUpToRowId), placed.history),
    // What is set aside takes its share too: else a backlog that nobody takes would come as fast as it can be read.
    tokens: takeTokens(
      plan.session.tokens,
      plan.historyRowsPerS,
      input.nowMs,
      request.historyOf === undefined ? 0 : sent.length + input.poisoned.length,
    ),
    batches: sent.length === 0 ? plan.session.batches : [...plan.session.batches, toBatch(plan, sent)],
  };
  return { ...next, session, nextBatchId: plan.nextBatchId + 1 };
}

function withoutCovered(history: History, { historyOf, wanted }: SendRequest, upToRowId: number): History {
  if (historyOf === undefined) return history;
  const covered = removeRange(wanted, { firstRowId: upToRowId + 1, lastRowId: Infinity });
  return { ...history, [historyOf]: removeRanges(history[historyOf], covered) };
}

function addToHistory(history: History, rows: RowRanges): History {
  if (rows.length === 0) return history;
  const { high, normal, low } = history;
  return { high: addRanges(high, rows), normal: addRanges(normal, rows), low: addRanges(low, rows) };
}

function toBatch(plan: ForwardingPlan, sent: readonly SentRow[]): SentBatch {
  const rows = toRanges(sent.map((row) => row.rowId));
  return { batchId: plan.nextBatchId, rows, rowCount: sent.length, readAtMs: undefined };
}

/** Refused rows wait for their device, or are history already when it was born while the send ran. */
function placeRefused(
  session: Epoch,
  refused: readonly SentRow[],
  bornDevices: ReadonlySet<DeviceId>,
): { readonly held: Epoch['held']; readonly history: RowRanges } {
  const held = new Map(session.held);
  let history: RowRanges = [];
  for (const deviceId of new Set(refused.map((row) => row.deviceId))) {
    const ranges = toRanges(refused.filter((row) => row.deviceId === deviceId).map((row) => row.rowId));
    if (bornDevices.has(deviceId)) history = addRanges(history, ranges);
    else held.set(deviceId, addRanges(held.get(deviceId) ?? [], ranges));
  }
  return { held, history };
}

function changeEpoch(plan: ForwardingPlan, epoch: number, change: Partial<Epoch>): ForwardingPlan {
  if (plan.session.phase !== 'born' || epoch !== plan.epoch) return plan;
  return { ...plan, session: { ...plan.session, ...change } };
}

function noteBarrier(
  plan: ForwardingPlan,
  { epoch, throughBatchId, nowMs }: PlanInput & { readonly type: 'barrier-passed' },
): ForwardingPlan {
  if (plan.session.phase !== 'born' || epoch !== plan.epoch) return plan;
  const isPassing = (batch: SentBatch): boolean => batch.batchId <= throughBatchId && batch.readAtMs === undefined;
  const passing = plan.session.batches.filter(isPassing).flatMap((batch) => batch.rows);
  const batches = plan.session.batches.map((batch) => (isPassing(batch) ? { ...batch, readAtMs: nowMs } : batch));
  const suspicion = plan.suspicion && clear(plan.suspicion, toUnion(passing));
  return changeEpoch({ ...plan, suspicion }, epoch, { batches, isProven: true, barrierThroughBatchId: undefined });
}

function settleArrived(plan: ForwardingPlan, nowMs: number): ForwardingPlan {
  const { session, host, numbers } = plan;
  if (session.phase !== 'born') return plan;
  const isArrived = (batch: SentBatch): boolean =>
    batch.readAtMs !== undefined && isHeld(host, nowMs - batch.readAtMs, numbers.holdTimeMs ?? 0);
  const arrived = session.batches.filter(isArrived);
  if (arrived.length === 0) return plan;
  const batches = session.batches.filter((batch) => !isArrived(batch));
  const rows = arrived.flatMap((batch) => batch.rows);
  const toConfirm = addRanges(plan.toConfirm, rows);
  const arrivedRows = arrived.reduce((sum, batch) => sum + batch.rowCount, 0);
  const historyRowsPerS = fasterPace(plan.historyRowsPerS, numbers.historyRowsPerS, arrivedRows);
  return { ...plan, toConfirm, historyRowsPerS, session: { ...session, batches } };
}

/** An offline host ends the epoch, so what is in flight has only known an online one. */
function isHeld(host: HostState, sinceReadMs: number, holdTimeMs: number): boolean {
  switch (host.phase) {
    case 'not-needed':
      return true;
    case 'offline':
      return false;
    case 'online':
      return sinceReadMs >= holdTimeMs;
    default:
      return assertNever(host);
  }
}
