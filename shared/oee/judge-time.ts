import { HeldReading, holdOverBad } from './held-reading.ts';
import type { MachineEvidence, MachineRules, ReasonSource } from './machine-account.ts';
import { runSignal, silences } from './observed-time.ts';
import { modeClass, type StateMeaning, stateMeaning } from './packml-classes.ts';
import type { TimeClass, TimeRange } from './time-class.ts';
import type { TimePiece } from './time-piece.ts';

/** What one moment says; `source` tells whether the machine explained it. */
interface Judged {
  readonly timeClass: TimeClass;
  readonly cause: string | null;
  readonly source: ReasonSource;
}

const UNOBSERVED: Judged = { timeClass: 'unknown', cause: 'not observed', source: 'none' };
const SILENT: Judged = { timeClass: 'unknown', cause: 'nothing heard of it', source: 'none' };
const NO_STATE: Judged = { timeClass: 'unknown', cause: 'no good state value', source: 'none' };
const RUNS: Judged = { timeClass: 'run', cause: null, source: 'none' };

/**
 * Cuts a range into what the machine did; the pieces follow one another exactly. Values hold until the next reading
 * (T1); before the first one, while nobody observed (T2), after bad quality (T3) and after a silence (T4) time is
 * `unknown`. A state that the map does not have is unknown too: guessing it would move OEE. Stop lengths, change-overs,
 * plan and reasons of people come later.
 */
export function judgeTime(evidence: MachineEvidence, rules: MachineRules, range: TimeRange): TimePiece[] {
  const isByState = rules.stateFrom === 'state';
  const hold = rules.badQualityHoldMs;
  const { fromMs, toMs } = range;
  const states = new HeldReading(isByState ? holdOverBad(evidence.states, hold) : [], fromMs);
  const runs = new HeldReading(isByState ? [] : holdOverBad(runSignal(evidence, rules, toMs), hold), fromMs);
  const modes = new HeldReading(evidence.modes, fromMs);
  const starved = new HeldReading(evidence.starved, fromMs);
  const blocked = new HeldReading(evidence.blocked, fromMs);
  const online = new HeldReading(evidence.online, fromMs);
  const orders = new HeldReading(evidence.orders, fromMs);
  const silent = new HeldReading(silences(evidence.heardMs, rules.staleAfterMs, range), fromMs);
  const { deadSinceMs } = evidence;
  const dead = new HeldReading(deadSinceMs === null ? [] : [{ timeMs: deadSinceMs, value: true }], fromMs);
  const channels: readonly HeldReading<unknown>[] = [
    states,
    runs,
    modes,
    starved,
    blocked,
    online,
    orders,
    silent,
    dead,
  ];
  const isObservable = evidence.online.length > 0;
  const hasOrders = rules.metricNames.order !== undefined;
  const reasonIn = firstReasons(evidence.stopReasons, fromMs);
  const meanings = new Map<string, StateMeaning | undefined>();
  const meaningOf = (state: string): StateMeaning | undefined => {
    if (!meanings.has(state)) meanings.set(state, stateMeaning(state, rules.stateMap));
    return meanings.get(state);
  };

  const judge = (startMs: number, endMs: number): Judged => {
    if (dead.value === true || (isObservable && online.value !== true)) return UNOBSERVED;
    if (silent.value === true) return SILENT;
    const state = isByState ? states.value : toStateName(runs.value);
    if (state === null) return NO_STATE;
    const ofMode = modes.value === null ? null : modeClass(modes.value);
    const meaning = ofMode ?? (isByState ? meaningOf(state) : toMeaning(runs.value === true, starved, blocked));
    if (meaning === undefined) return { timeClass: 'unknown', cause: `state “${state}” has no class`, source: 'none' };
    if (meaning === 'run') return RUNS;
    const reason = reasonIn(startMs, endMs);
    const isExplained = reason !== null || ofMode !== null;
    const cause = reason ?? (ofMode === null ? state : `${modes.value ?? ''} mode`);
    const isIdle = hasOrders && orders.value !== null && orders.value.trim() === '';
    const timeClass = toClass(meaning, {
      reason,
      isIdle,
      isStarved: starved.value === true,
      isBlocked: blocked.value === true,
    });
    const isPlain = !isExplained && (timeClass === 'unassigned' || timeClass === 'failure');
    return { timeClass, cause, source: isPlain || timeClass === 'unknown' ? 'none' : 'machine' };
  };

  const pieces: TimePiece[] = [];
  let last: TimePiece | undefined;
  for (let startMs = fromMs; startMs < toMs;) {
    let endMs = toMs;
    for (const { changesAtMs } of channels) if (changesAtMs < endMs) endMs = changesAtMs;
    const { timeClass, cause, source } = judge(startMs, endMs);
    const isSame = last?.timeClass === timeClass && last.cause === cause && last.reasonSource === source;
    if (isSame && last !== undefined) last.toMs = endMs;
    else pieces.push((last = toPiece(startMs, endMs, timeClass, cause, source)));
    startMs = endMs;
    for (const channel of channels) while (channel.changesAtMs <= startMs) channel.advance();
  }
  return pieces;
}

interface Circumstances {
  readonly reason: string | null;
  readonly isIdle: boolean;
  readonly isStarved: boolean;
  readonly isBlocked: boolean;
}

function toClass(meaning: StateMeaning, { reason, isIdle, isStarved, isBlocked }: Circumstances): TimeClass {
  switch (meaning) {
    case 'by-reason':
      return reason === null ? 'unassigned' : 'failure';
    case 'by-order':
      return isIdle ? 'no-order' : 'unassigned';
    case 'by-flags':
      // Both flags: without material the way out does not matter.
      return isStarved ? 'starved' : isBlocked ? 'blocked' : 'unassigned';
    default:
      return meaning;
  }
}

const toStateName = (isRunning: boolean | null): string | null =>
  isRunning === null ? null : isRunning ? 'Running' : 'Not running';

/** A run signal knows no states: the flags tell who is to blame, then a reason. */
function toMeaning(isRunning: boolean, starved: HeldReading<boolean>, blocked: HeldReading<boolean>): StateMeaning {
  if (isRunning) return 'run';
  return starved.value === true || blocked.value === true ? 'by-flags' : 'by-reason';
}

function toPiece(
  fromMs: number,
  toMs: number,
  timeClass: TimeClass,
  cause: string | null,
  reasonSource: ReasonSource,
): TimePiece {
  return {
    fromMs,
    toMs,
    timeClass,
    cause,
    reasonId: null,
    reasonSource,
    isAssumed: false,
    isOverTarget: false,
    wholeStopMs: 0,
    assignment: null,
  };
}

/**
 * Reason of a stretch: the first one the machine gave within it (it often comes some moments after the state), else the
 * one that already stood. Stretches are asked for in rising order.
 */
function firstReasons(
  readings: MachineEvidence['stopReasons'],
  startMs: number,
): (fromMs: number, toMs: number) => string | null {
  const held = new HeldReading(readings, startMs);
  let standing = toReason(held.value);
  return (fromMs, toMs) => {
    while (held.changesAtMs <= fromMs) {
      held.advance();
      standing = toReason(held.value);
    }
    let found: string | null = null;
    while (found === null && held.changesAtMs < toMs) {
      held.advance();
      found = toReason(held.value);
    }
    const before = standing;
    standing = toReason(held.value);
    return found ?? before;
  };
}

const toReason = (text: string | null): string | null => (text === null || text.trim() === '' ? null : text.trim());
