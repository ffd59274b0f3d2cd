import { parseHostState } from '../host-state.ts';
import { findSendingTimeFault, findTimeFault } from './check-times.ts';
import type { Report } from './finding-log.ts';
import type { TrafficMessage } from './traffic.ts';

/** One host application on one broker. */
export interface HostState {
  newestMs: number | undefined;
  /** Timestamps of its births, newest first: a Will holds the one of its own session, and may come late. */
  birthsMs: readonly number[];
  /** Timestamp of the last offline that no birth had gone before. */
  unbornOfflineMs: number | undefined;
  /** A STATE has come that the broker should keep. */
  isLive: boolean;
  /** It had come before the present look at what the broker keeps. */
  isAwaited: boolean;
}

export const createHostState = (): HostState => ({
  newestMs: undefined,
  birthsMs: [],
  unbornOfflineMs: undefined,
  isLive: false,
  isAwaited: false,
});

const REMEMBERED_BIRTHS = 8;

export function checkState(message: TrafficMessage, host: HostState, subscribedQos: number, report: Report): void {
  const { payload, retain, qos } = message;
  if (payload.length === 0) {
    host.isLive = false;
    host.isAwaited = false;
    report('state-cleared', 'the retained STATE was cleared');
    return;
  }
  if (qos === 0 && subscribedQos > 0) report('state-qos', 'STATE came with QoS 0, required is QoS 1');
  if (retain) host.isAwaited = false;
  else host.isLive = true;
  const presence = parseHostState(payload);
  if (presence === undefined) {
    const seen = new TextDecoder().decode(payload.subarray(0, 80));
    report(
      'state-json',
      `STATE is ${JSON.stringify(seen)}, required is JSON with the Boolean online and the number timestamp`,
    );
    return;
  }
  checkTime(message, presence, host, report);
}

function checkTime(
  { retain, atMs }: TrafficMessage,
  { isOnline, timestampMs }: { readonly isOnline: boolean; readonly timestampMs: number },
  host: HostState,
  report: Report,
): void {
  const { newestMs } = host;
  if (isOnline) {
    // A session may be old: the time of sending can be checked of a message that is new.
    const isRepeated = host.birthsMs.includes(timestampMs);
    const find = retain || isRepeated ? findTimeFault : findSendingTimeFault;
    const fault = find(timestampMs, atMs);
    if (fault !== undefined) report('state-time', `the timestamp of STATE ${fault}`);
    if (newestMs !== undefined && timestampMs < newestMs) {
      report(
        'state-back',
        `STATE online has timestamp ${timestampMs}, required is at least the ${newestMs} sent before`,
      );
    }
    // A Will cannot fire before its own session's birth, so this one was published.
    if (!isRepeated && timestampMs === host.unbornOfflineMs) {
      report('state-birth-first', `STATE offline with timestamp ${timestampMs} came before online with the same one`);
    }
    if (!isRepeated) host.birthsMs = [timestampMs, ...host.birthsMs].slice(0, REMEMBERED_BIRTHS);
  } else if (host.birthsMs.length > 0 && !retain && !host.birthsMs.includes(timestampMs)) {
    const fault = findSendingTimeFault(timestampMs, atMs);
    if (fault !== undefined) {
      report(
        'state-death-time',
        `STATE offline has a timestamp that is not its birth's ${host.birthsMs[0] ?? ''}, and ${fault}`,
      );
    }
  }
  if (!isOnline && !retain && !host.birthsMs.includes(timestampMs)) host.unbornOfflineMs = timestampMs;
  host.newestMs = Math.max(newestMs ?? 0, timestampMs);
}
