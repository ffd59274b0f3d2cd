import { backoffDelayMs } from '../platform/backoff.ts';
import type { HostFaultReason, HostNode, Turn } from './host-node.ts';

/**
 * When a host asks for births: the first time at once (the TCK allows two reorder timeouts), then 1 s, 2 s … 5 min.
 * The count is forgotten only when a birth has proved complete; a node whose births never satisfy is asked ever
 * more rarely (section 2.3: rebirth storms).
 */
const REPEAT = { firstMs: 1_000, maxMs: 300_000 };

function ask(turn: Turn, attempt: number, because: HostFaultReason): void {
  const { monotonicMs, chance } = turn.moment;
  const nextAtMs = monotonicMs + backoffDelayMs(REPEAT, attempt, () => chance);
  turn.node.ask = { attempt, nextAtMs, isAnswered: false, because };
  turn.effects.push({ type: 'request-rebirth', because });
}

/** A message could not be used because a birth is missing. */
export function needRebirth(turn: Turn, because: HostFaultReason): void {
  const before = turn.node.ask;
  if (before === undefined) return ask(turn, 1, because);
  if (!before.isAnswered) return;
  if (turn.moment.monotonicMs >= before.nextAtMs) return ask(turn, before.attempt + 1, because);
  turn.node.ask = { ...before, isAnswered: false, because };
}

/** An NBIRTH has come: no more repeating, unless it turns out not to help. */
export function noteBirth(turn: Turn): void {
  if (turn.node.ask) turn.node.ask = { ...turn.node.ask, isAnswered: true };
}

/** Data could be read completely after the birth, or none came that could not. */
export function noteComplete(turn: Turn): void {
  if (turn.node.ask?.isAnswered) turn.node.ask = undefined;
}

export function repeatWhenDue(turn: Turn): void {
  const before = turn.node.ask;
  if (before === undefined || before.isAnswered || turn.moment.monotonicMs < before.nextAtMs) return;
  ask(turn, before.attempt + 1, before.because);
}

export const nextRepeatMs = ({ ask: open }: HostNode): number | undefined =>
  open === undefined || open.isAnswered ? undefined : open.nextAtMs;
