/**
 * Decides what is sent, as what, and when it counts as arrived. Pure: the forwarder carries it out.
 *
 * - A birth (a rebirth too: the host may have missed something) starts an epoch. Every row stored until then and
 *   not confirmed is history, also what was in flight; every later row is live, and is sent in the order of rows.
 * - Live goes first; history runs beside it within its rows per second.
 * - A row whose device is not born waits for that device's birth and is then history.
 * - A sent row has arrived when a barrier asked after it has passed AND, where there is a primary host, the host
 *   has stayed online for the hold time since the send. When the epoch ends before that, it is sent again:
 *   QoS 0, which Sparkplug demands for data (tck-id-payloads-ndata-qos), has no other acknowledgement.
 */
import { assertNever } from '../../shared/domain/assert-never.ts';
import type {
  DeviceId,
  Epoch,
  ForwardingNumbers,
  ForwardingPlan,
  HostState,
  PlanInput,
  SentBatch,
  SentRow,
} from './forwarding-state.ts';
import { addRange, addRanges, removeRange, removeRanges, type RowRanges, toRanges } from './row-ranges.ts';
import { fullBucket, takeTokens } from './token-bucket.ts';

export function newPlan(
  numbers: ForwardingNumbers,
  known: { readonly lastRowId: number; readonly queuedCount: number; readonly replayedCount: number },
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
  };
}

export function step(plan: ForwardingPlan, input: PlanInput): ForwardingPlan {
  switch (input.type) {
    case 'rows-committed':
      return noteCommitted(plan, input.lastRowId);
    case 'session-born':
      return plan.host.phase === 'offline' ? endEpoch(plan, 'paused') : beginEpoch(plan, input.nowMs);
    case 'session-ended':
      return endEpoch(plan, 'none');
    case 'epoch-failed':
      return input.epoch === plan.epoch ? endEpoch(plan, 'none') : plan;
    case 'host-changed':
      return changeHost(plan, input.isOnline, input.nowMs);
    case 'device-born':
      return noteDeviceBorn(plan, input.deviceId);
    case 'send-started':
      return { ...plan, sending: { request: input.request, bornDevices: new Set() } };
    case 'send-given-up':
      return { ...plan, sending: undefined };
    case 'send-done':
      return noteSent(plan, input);
    case 'barrier-asked':
      return changeEpoch(plan, plan.epoch, { barrierThroughBatchId: input.throughBatchId });
    case 'barrier-passed':
      return noteBarrier(plan, input.epoch, input.throughBatchId);
    case 'time-passed':
      return settleArrived(plan, input.nowMs);
    case 'confirmed':
      return { ...plan, toConfirm: removeRanges(plan.toConfirm, input.rows) };
    default:
      return assertNever(input);
  }
}

function noteCommitted(plan: ForwardingPlan, lastRowId: number): ForwardingPlan {
  if (lastRowId <= plan.lastRowId) return plan;
  const queuedCount = plan.session.phase === 'born' ? 0 : lastRowId - plan.lastRowId;
  return { ...plan, lastRowId, queuedCount: plan.queuedCount + queuedCount };
}

function beginEpoch(plan: ForwardingPlan, nowMs: number): ForwardingPlan {
  const everything = addRange([], { firstRowId: 1, lastRowId: plan.lastRowId });
  const session: Epoch = {
    phase: 'born',
    liveAfterRowId: plan.lastRowId,
    history: removeRanges(everything, plan.toConfirm),
    held: new Map(),
    tokens: fullBucket(plan.numbers.historyRowsPerS, nowMs),
    batches: [],
    barrierThroughBatchId: undefined,
  };
  return { ...plan, epoch: plan.epoch + 1, session };
}

/** What was in flight is forgotten, not lost: the next epoch finds it in the buffer. */
function endEpoch(plan: ForwardingPlan, phase: 'none' | 'paused'): ForwardingPlan {
  return { ...plan, epoch: plan.epoch + 1, session: { phase } };
}

function changeHost(plan: ForwardingPlan, isOnline: boolean, nowMs: number): ForwardingPlan {
  if (plan.host.phase === 'not-needed' || isOnline === (plan.host.phase === 'online')) return plan;
  const host: HostState = { phase: isOnline ? 'online' : 'offline' };
  const next = { ...plan, host };
  if (isOnline) return plan.session.phase === 'paused' ? beginEpoch(next, nowMs) : next;
  return plan.session.phase === 'born' ? endEpoch(next, 'paused') : next;
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
  return { ...next, session: { ...session, held, history: addRanges(session.history, rows) } };
}

function noteSent(plan: ForwardingPlan, input: PlanInput & { readonly type: 'send-done' }): ForwardingPlan {
  const { request, sent, refused } = input;
  const replayedCount = plan.replayedCount + (request.isHistorical ? sent.length : 0);
  const next = { ...plan, sending: undefined, replayedCount };
  if (plan.session.phase !== 'born' || request.epoch !== plan.epoch) return next;
  const covered = removeRange(request.wanted, { firstRowId: input.coveredUpToRowId + 1, lastRowId: Infinity });
  const placed = placeRefused(plan.session, refused, plan.sending?.bornDevices ?? new Set());
  const tokenCount = request.isHistorical ? sent.length : 0;
  const session: Epoch = {
    ...plan.session,
    ...(request.isHistorical ? {} : { liveAfterRowId: input.coveredUpToRowId }),
    held: placed.held,
    history: addRanges(removeRanges(plan.session.history, covered), placed.history),
    tokens: takeTokens(plan.session.tokens, plan.numbers.historyRowsPerS, input.nowMs, tokenCount),
    batches: sent.length === 0 ? plan.session.batches : [...plan.session.batches, toBatch(plan, sent, input.nowMs)],
  };
  return { ...next, session, nextBatchId: plan.nextBatchId + 1 };
}

function toBatch(plan: ForwardingPlan, sent: readonly SentRow[], sentAtMs: number): SentBatch {
  const rows = toRanges(sent.map((row) => row.rowId));
  return { batchId: plan.nextBatchId, rows, rowCount: sent.length, sentAtMs, isBarrierPassed: false };
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

function noteBarrier(plan: ForwardingPlan, epoch: number, throughBatchId: number): ForwardingPlan {
  if (plan.session.phase !== 'born') return plan;
  const batches = plan.session.batches.map((batch) =>
    batch.batchId <= throughBatchId && !batch.isBarrierPassed ? { ...batch, isBarrierPassed: true } : batch,
  );
  return changeEpoch(plan, epoch, { batches, barrierThroughBatchId: undefined });
}

function settleArrived(plan: ForwardingPlan, nowMs: number): ForwardingPlan {
  const { session, host, numbers } = plan;
  if (session.phase !== 'born') return plan;
  const isArrived = (batch: SentBatch): boolean =>
    batch.isBarrierPassed && isHeld(host, nowMs - batch.sentAtMs, numbers.holdTimeMs ?? 0);
  const arrived = session.batches.filter(isArrived);
  if (arrived.length === 0) return plan;
  const batches = session.batches.filter((batch) => !isArrived(batch));
  const toConfirm = arrived.reduce((ranges, batch) => addRanges(ranges, batch.rows), plan.toConfirm);
  return { ...plan, toConfirm, session: { ...session, batches } };
}

/** An offline host ends the epoch, so what is in flight has only known an online one. */
function isHeld(host: HostState, sinceSendMs: number, holdTimeMs: number): boolean {
  switch (host.phase) {
    case 'not-needed':
      return true;
    case 'offline':
      return false;
    case 'online':
      return sinceSendMs >= holdTimeMs;
    default:
      return assertNever(host);
  }
}
