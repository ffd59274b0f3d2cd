import { isData, type LookedAt } from './looked-at.ts';

/** What was on its way when the request came. */
const ON_ITS_WAY_MS = 1_000;
/** Within it a rebirth has to be complete. */
const ANSWER_LIMIT_MS = 15_000;

/** A host asks for all births again. */
export function askRebirth({ node, message }: LookedAt): void {
  if (node.session !== 'ended') node.rebirthAskedAtMs ??= message.atMs;
}

/** An NBIRTH answers whatever was asked before. */
export function endRebirth({ node }: LookedAt): void {
  node.rebirthAskedAtMs = undefined;
}

/** NBIRTH of an open session: these devices have to be born again before any data. */
export function expectDevices({ node, message }: LookedAt, devices: Set<string>): void {
  node.pendingDevices = devices;
  node.pendingSinceMs = message.atMs;
  node.isPendingTold = false;
}

/** A session that was asked for a rebirth has ended, and a new one begins: once is chance. */
export function noteReconnect({ node, message, report }: LookedAt): void {
  const { rebirthAskedAtMs } = node;
  if (rebirthAskedAtMs === undefined || message.atMs - rebirthAskedAtMs > ANSWER_LIMIT_MS) return;
  node.rebirthReconnectCount += 1;
  if (node.rebirthReconnectCount < 2) return;
  report(
    'rebirth-reconnect',
    'a rebirth was answered with NDEATH and a new session, required is NBIRTH in the open one',
  );
}

/** A message of an edge node while a rebirth is asked for, or half done. Not for NBIRTH, NDEATH and commands. */
export function checkRebirth(looked: LookedAt): void {
  checkAsked(looked);
  checkPending(looked);
}

function checkAsked({ node, verb, message, report }: LookedAt): void {
  if (node.rebirthAskedAtMs === undefined) return;
  const sinceMs = message.atMs - node.rebirthAskedAtMs;
  if (sinceMs > ANSWER_LIMIT_MS) {
    report(
      'rebirth-unanswered',
      `${verb} came ${Math.round(sinceMs / 1_000)} s after a rebirth was asked for, and no NBIRTH`,
    );
    node.rebirthAskedAtMs = undefined;
  } else if (isData(verb) && sinceMs > ON_ITS_WAY_MS) {
    report(
      'rebirth-data',
      `${verb} came ${Math.round(sinceMs)} ms after a rebirth was asked for, required is NBIRTH first`,
    );
  }
}

function checkPending({ node, verb, message, report }: LookedAt): void {
  if (node.pendingDevices.size === 0) return;
  const missing = [...node.pendingDevices].slice(0, 5).join(', ');
  if (message.atMs - node.pendingSinceMs > ANSWER_LIMIT_MS) {
    report('rebirth-incomplete', `after NBIRTH came no DBIRTH and no DDEATH of ${missing}, which had been online`);
    node.pendingDevices.clear();
  } else if (isData(verb) && !node.isPendingTold) {
    report('births-unfinished', `${verb} came after NBIRTH and before the DBIRTH of ${missing}, which had been online`);
    node.isPendingTold = true;
  }
}
