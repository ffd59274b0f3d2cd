/**
 * Adaptive sampling: when more rows wait than the road takes, the OPC UA servers are asked to sample slower, in
 * place and without a reconnect; when the queue has drained, at their normal rate again.
 *
 * Above `activateAtRows` the loop wants slow, below `deactivateAtRows` it wants normal, in between it wants what
 * it wanted before (hysteresis). A wish is carried out once it has lasted `transitionDelayMs` without a change
 * of mind. Pure; the caller looks every `checkIntervalMs`.
 */
import { assertNever } from '../../shared/domain/assert-never.ts';

export interface SamplingNumbers {
  readonly activateAtRows: number;
  /** Below `activateAtRows`. */
  readonly deactivateAtRows: number;
  readonly transitionDelayMs: number;
}

/** `sinceMs`: since when the servers sample so; `wishedAtMs`: when the loop came to want the other. */
export type SamplingState =
  | { readonly phase: 'normal'; readonly sinceMs: number }
  | { readonly phase: 'normal-wants-slow'; readonly sinceMs: number; readonly wishedAtMs: number }
  | { readonly phase: 'slow'; readonly sinceMs: number }
  | { readonly phase: 'slow-wants-normal'; readonly sinceMs: number; readonly wishedAtMs: number };

/** What the caller does now with the monitored items that are not exempt. */
export type SamplingDecision = 'keep' | 'slow-down' | 'speed-up';

export interface SamplingStep {
  readonly state: SamplingState;
  readonly decision: SamplingDecision;
}

export const normalSampling = (nowMs: number): SamplingState => ({ phase: 'normal', sinceMs: nowMs });

/** How the servers sample in this state. */
export const appliedSampling = (state: SamplingState): 'normal' | 'slow' =>
  state.phase === 'normal' || state.phase === 'normal-wants-slow' ? 'normal' : 'slow';

/**
 * One look at the queue.
 *
 * @param waitingRows rows that could be sent and are not; rows held for an unborn device are no reason to slow down.
 * @param nowMs a clock that never steps.
 */
export function stepSampling(
  state: SamplingState,
  waitingRows: number,
  nowMs: number,
  numbers: SamplingNumbers,
): SamplingStep {
  switch (state.phase) {
    case 'normal':
      if (waitingRows <= numbers.activateAtRows) return keep(state);
      return carryOut({ phase: 'normal-wants-slow', sinceMs: state.sinceMs, wishedAtMs: nowMs }, nowMs, numbers);
    case 'normal-wants-slow':
      if (waitingRows < numbers.deactivateAtRows) return keep({ phase: 'normal', sinceMs: state.sinceMs });
      return carryOut(state, nowMs, numbers);
    case 'slow':
      if (waitingRows >= numbers.deactivateAtRows) return keep(state);
      return carryOut({ phase: 'slow-wants-normal', sinceMs: state.sinceMs, wishedAtMs: nowMs }, nowMs, numbers);
    case 'slow-wants-normal':
      if (waitingRows > numbers.activateAtRows) return keep({ phase: 'slow', sinceMs: state.sinceMs });
      return carryOut(state, nowMs, numbers);
    default:
      return assertNever(state);
  }
}

const keep = (state: SamplingState): SamplingStep => ({ state, decision: 'keep' });

function carryOut(
  state: SamplingState & { readonly wishedAtMs: number },
  nowMs: number,
  { transitionDelayMs }: SamplingNumbers,
): SamplingStep {
  if (nowMs - state.wishedAtMs < transitionDelayMs) return keep(state);
  return state.phase === 'normal-wants-slow'
    ? { state: { phase: 'slow', sinceMs: nowMs }, decision: 'slow-down' }
    : { state: { phase: 'normal', sinceMs: nowMs }, decision: 'speed-up' };
}
