import type { ConnectionState } from '../../shared/domain/engine-snapshot.ts';
import type { Clock } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import type { LinkClosed } from './sparkplug-link.ts';

/** What people see of a connection that is tried for ever. `sinceMs` of `away` is the first failure, not the last. */
export class ConnectionTracker {
  readonly #clock: Clock;
  #state: ConnectionState = { phase: 'stopped' };
  #awaySinceMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  stopped(): void {
    this.#awaySinceMs = undefined;
    this.#state = { phase: 'stopped' };
  }

  connecting(attempt: number): void {
    this.#state = { phase: 'connecting', attempt };
  }

  connected(): void {
    this.#awaySinceMs = undefined;
    this.#state = { phase: 'connected', sinceMs: this.#clock.nowMs() };
  }

  away({ code, text }: LinkClosed, retryAtMs: number): void {
    this.#awaySinceMs ??= this.#clock.nowMs();
    this.#state = { phase: 'away', sinceMs: this.#awaySinceMs, retryAtMs, code, text };
  }
}

/** Why a link could not be opened or was lost, for people. */
export function toLinkClosed(error: unknown): LinkClosed {
  const code = error instanceof EngineError ? error.code : 'sparkplug/link-failed';
  return { code, text: describeError(error) };
}
