/** A share of the road: so many rows a second, with a small reserve for bursts. Values, never changed in place. */
export interface TokenBucket {
  readonly tokenCount: number;
  readonly atMs: number;
}

/** Reserve, as a share of a second: long enough for a late timer, short enough to be no burst. */
const CAPACITY_S = 0.25;

const capacity = (rowsPerS: number): number => Math.max(1, rowsPerS * CAPACITY_S);

export const fullBucket = (rowsPerS: number, nowMs: number): TokenBucket => ({
  tokenCount: capacity(rowsPerS),
  atMs: nowMs,
});

/** Tokens at `nowMs`. */
export function tokensAt(bucket: TokenBucket, rowsPerS: number, nowMs: number): number {
  const earned = (Math.max(0, nowMs - bucket.atMs) * rowsPerS) / 1_000;
  return Math.min(capacity(rowsPerS), bucket.tokenCount + earned);
}

/** Takes tokens; the bucket may go below zero, and then waits longer. */
export const takeTokens = (bucket: TokenBucket, rowsPerS: number, nowMs: number, count: number): TokenBucket => ({
  tokenCount: tokensAt(bucket, rowsPerS, nowMs) - count,
  atMs: nowMs,
});
