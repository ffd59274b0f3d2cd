import { backoffDelayMs } from '../platform/backoff.ts';
import type { HostFaultReason, HostNode, Turn } from './host-node.ts';

/**
 * When a host asks for births: the first time at once (the TCK allows two reorder timeouts), then 1 s, 2 s … 5 min.
 * An answer ends the repeating but not the memory: a node whose births never satisfy, or one of whose devices never
 * is born, is asked ever more rarely (section 2.3: rebirth storms).
 */
const REPEAT = { firstMs: 1_000, maxMs: 300_000 };
/**
 * Longest wait for the next request to a node that answers. Only with a birth does it send again what was lost on
 * the way, and it forgets rows when its hold time is over, which is longer than this.
 */
const ANSWERED_MAX_MS = 8_000;
/** As long without a new need after an answer, and the count begins again. */
const CALM_MS = 60_000;

function ask(turn: Turn, attempt: number, because: HostFaultReason): void {
  const { monotonicMs, chance } = turn.moment;
  const nextAtMs = monotonicMs + backoffDelayMs(REPEAT, attempt, () => chance);
  turn.node.ask = { attempt, nextAtMs, isAnswered: false, because };
  turn.effects.push({ type: 'request-rebirth', because });
}

/** A message could not be used because a birth is missing. */
export function needRebirth(turn: Turn, because: HostFaultReason): void {
  // Both would answer, and nothing would be better.
  if (turn.node.duplicate.isFound) return;
  const before = turn.node.ask;
  const { monotonicMs } = turn.moment;
  if (before === undefined) return ask(turn, 1, because);
  if (!before.isAnswered) return;
  if (monotonicMs >= before.nextAtMs + CALM_MS) return ask(turn, 1, because);
  if (monotonicMs >= before.nextAtMs) return ask(turn, before.attempt + 1, because);
  turn.node.ask = { ...before, isAnswered: false, because };
}

/** An NBIRTH has come: no more repeating, unless it turns out not to help. */
export function noteBirth(turn: Turn): void {
  const { ask: open } = turn.node;
  if (open === undefined) return;
  const nextAtMs = Math.min(open.nextAtMs, turn.moment.monotonicMs + ANSWERED_MAX_MS);
  turn.node.ask = { ...open, nextAtMs, isAnswered: true };
}

/** The request has gone out: its answer has the whole time from now on. */
export function noteAsked(turn: Turn): void {
  const { ask: open } = turn.node;
  if (open === undefined || open.isAnswered) return;
  const { monotonicMs, chance } = turn.moment;
  const nextAtMs = monotonicMs + backoffDelayMs(REPEAT, open.attempt, () => chance);
  turn.node.ask = { ...open, nextAtMs: Math.max(open.nextAtMs, nextAtMs) };
}

export function repeatWhenDue(turn: Turn): void {
  const before = turn.node.ask;
  if (before === undefined || before.isAnswered || turn.moment.monotonicMs < before.nextAtMs) return;
  ask(turn, before.attempt + 1, before.because);
}

/** Monotonic time of the next repetition; undefined when none is due. */
export const nextRepeatMs = ({ ask: open }: HostNode): number | undefined =>
  open === undefined || open.isAnswered ? undefined : open.nextAtMs;
