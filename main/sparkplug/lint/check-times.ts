import type { LookedAt } from './looked-at.ts';

/** Before 1973 in milliseconds; the seconds of today are below it. */
const LEAST_MS = 100_000_000_000;
/** Beyond it a clock is not synchronised. */
const MAX_SKEW_MS = 600_000;

/** What is wrong with a time that may lie in the past; undefined when nothing is. */
export function findTimeFault(timestampMs: number, atMs: number): string | undefined {
  if (timestampMs === 0) return 'is 0';
  if (timestampMs < LEAST_MS) {
    return `is ${timestampMs}, which looks like seconds; required are milliseconds since 1970 in UTC`;
  }
  const aheadMs = timestampMs - atMs;
  if (aheadMs <= MAX_SKEW_MS) return undefined;
  if (aheadMs > atMs) return `is ${timestampMs}, which is no time in milliseconds since 1970`;
  return `is ${Math.round(aheadMs / 60_000)} minutes ahead of the receiver's clock`;
}

/** The payload timestamp is the time of sending, so it may not lie far behind either. */
export function findSendingTimeFault(timestampMs: number, atMs: number): string | undefined {
  const fault = findTimeFault(timestampMs, atMs);
  if (fault !== undefined || atMs - timestampMs <= MAX_SKEW_MS) return fault;
  const minutes = Math.round((atMs - timestampMs) / 60_000);
  return `is ${minutes} minutes behind the receiver's clock, required is the time of sending in UTC`;
}

/** Hosts do not use the payload timestamp of NDEATH: it is the time of the CONNECT, if it is there at all. */
export function checkPayloadTime({ verb, payload, message, report }: LookedAt): void {
  if (verb === 'NDEATH') return;
  const { timestampMs } = payload;
  if (timestampMs === undefined) {
    report('timestamp-missing', `${verb} has no payload timestamp, required is the time of sending`);
    return;
  }
  const fault = findSendingTimeFault(timestampMs, message.atMs);
  if (fault !== undefined) report('timestamp-implausible', `the payload timestamp of ${verb} ${fault}`);
}
