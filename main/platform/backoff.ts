/** Waiting times between attempts: exponential with jitter, so that a thousand gateways do not return at once. */
export interface BackoffRule {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Delay before attempt `attempt` (1 = first retry): between 50 % and 100 % of `firstMs × 2^(attempt − 1)`,
 * capped at `maxMs`. `random` returns 0 … 1.
 */
export function backoffDelayMs(rule: BackoffRule, attempt: number, random: () => number): number {
  const full = Math.min(rule.maxMs, rule.firstMs * 2 ** Math.min(30, Math.max(0, attempt - 1)));
  return Math.round(full * (0.5 + random() / 2));
}
