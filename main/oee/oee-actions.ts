import type { OeeAction, OeeActionResult } from '../../shared/domain/oee-action.ts';
import type { MachineAccount } from '../../shared/oee/machine-account.ts';
import { lineIdOf, type OeeSite } from './oee-site.ts';
import type { ShiftReader, WordStore } from './oee-store.ts';
import type { OpenShift, ShiftBook } from './shift-book.ts';
import { shiftBefore } from './shift-search.ts';

export interface ActionParts {
  readonly site: OeeSite;
  readonly book: ShiftBook;
  readonly store: ShiftReader & WordStore;
  readonly nowMs: () => number;
}

type Refusal = Extract<OeeActionResult, { phase: 'refused' }>;
const refuse = (code: string, text: string): Refusal => ({ phase: 'refused', code: `oee/${code}`, text });
const DONE: OeeActionResult = { phase: 'done' };

/**
 * Does what a person asks, or says why not. A shift whose newest revision is signed takes no more words: what was
 * signed stands. When late data make another revision, that one is not signed, and may be worked on and signed again.
 */
export async function actOnShift(action: OeeAction, parts: ActionParts): Promise<OeeActionResult> {
  switch (action.kind) {
    case 'sign-shift':
      return sign(action, parts);
    case 'assign-reason':
      return assign(action, parts);
    case 'split-stop':
    case 'merge-stops':
      return cut(action, parts);
  }
}

async function sign(
  action: Extract<OeeAction, { kind: 'sign-shift' }>,
  { book, store }: ActionParts,
): Promise<OeeActionResult> {
  const found = await book.find(action.equipmentId, action.shiftFromMs);
  if (found === null || found.head.phase === 'running')
    return refuse('shift-runs', 'A shift is signed when it is over.');
  const { stored, revision, head } = found;
  if (stored === undefined || revision === undefined) {
    return refuse('not-computed', 'This shift is not computed yet: try again in a minute.');
  }
  if (head.signature?.revision === revision.revision) {
    return refuse('signed', `Revision ${revision.revision} is signed already, by ${head.signature.by}.`);
  }
  const { by, comment } = action;
  const equipmentId = book.storedIdOf(action.equipmentId);
  const said = { shiftId: stored.shiftId, equipmentId, revision: action.revision, by, comment };
  if (await store.addSignature(said)) return DONE;
  return refuse(
    'not-newest',
    `You have seen revision ${action.revision}; revision ${revision.revision} is the newest. Look at it, then sign it.`,
  );
}

async function assign(
  action: Extract<OeeAction, { kind: 'assign-reason' }>,
  parts: ActionParts,
): Promise<OeeActionResult> {
  const { store, nowMs } = parts;
  const { fromMs, reasonId, comment, by } = action;
  if (fromMs >= action.toMs) return refuse('empty-range', 'The stretch of time is empty.');
  if (fromMs >= nowMs()) return refuse('in-future', 'This time has not come yet.');
  const open = await openForWords(action.equipmentId, fromMs, parts);
  if ('phase' in open) return open;
  const toMs = Math.min(action.toMs, open.instance.toMs, nowMs());
  if (reasonId !== null) {
    const reason = (await store.readReasons()).find((known) => known.reasonId === reasonId);
    if (reason === undefined) return refuse('no-reason', `There is no reason ${reasonId} in the reason tree.`);
    if (reason.isRetired) return refuse('reason-retired', `The reason ${reason.name} is not used any more.`);
    const ranMs = runIn(open.account, fromMs, toMs);
    if (ranMs > 0) {
      return refuse('ran', `The machine ran for ${Math.ceil(ranMs / 1_000)} s of this time: a reason is for a stop.`);
    }
  }
  const machineId = parts.book.storedIdOf(action.equipmentId);
  await store.addAssignment({ machineId, fromMs, toMs, reasonId, comment, by });
  const because = reasonId === null ? `${by} took a reason back` : `${by} gave a reason`;
  await store.askFor(lineIdOf(parts.site), { fromMs, toMs }, because);
  return DONE;
}

function runIn({ intervals }: MachineAccount, fromMs: number, toMs: number): number {
  let ranMs = 0;
  for (const interval of intervals) {
    if (interval.timeClass !== 'run') continue;
    ranMs += Math.max(0, Math.min(toMs, interval.toMs) - Math.max(fromMs, interval.fromMs));
  }
  return ranMs;
}

async function cut(
  { kind, equipmentId, atMs, by }: Extract<OeeAction, { kind: 'split-stop' | 'merge-stops' }>,
  parts: ActionParts,
): Promise<OeeActionResult> {
  const { store, site } = parts;
  if (atMs >= parts.nowMs()) return refuse('in-future', 'This time has not come yet.');
  const open = await openForWords(equipmentId, atMs, parts);
  if ('phase' in open) return open;
  const { stops } = open.account;
  if (kind === 'split-stop' && !stops.some(({ fromMs, toMs }) => fromMs < atMs && atMs < toMs)) {
    return refuse('no-stop', 'No stop lasts across this moment: there is nothing to cut.');
  }
  if (kind === 'merge-stops' && !open.view.stops.some(({ fromMs, isCutAtStart }) => isCutAtStart && fromMs === atMs)) {
    return refuse('no-cut', 'Nobody has cut a stop at this moment.');
  }
  await store.addCut(parts.book.storedIdOf(equipmentId), { atMs, kind: kind === 'split-stop' ? 'split' : 'merge' }, by);
  await store.askFor(lineIdOf(site), { fromMs: atMs, toMs: atMs + 1 }, `${by} changed where a stop is cut`);
  return DONE;
}

/** The shift of a machine at a time, when people may still say something about it. */
async function openForWords(
  equipmentId: string,
  atMs: number,
  { site, book, store }: ActionParts,
): Promise<OpenShift | Refusal> {
  if (!site.machines.some(({ id }) => id === equipmentId)) {
    book.storedIdOf(equipmentId);
    return refuse('is-line', 'Reasons and cuts are given at the machine that stood; the line follows it.');
  }
  const lineId = lineIdOf(site);
  const [stored] = await store.readShifts(lineId, { fromMs: atMs, toMs: atMs + 1 });
  const fromMs = stored?.fromMs ?? shiftBefore(site, atMs + 1)?.fromMs;
  const found = fromMs === undefined ? null : await book.find(equipmentId, fromMs);
  if (found === null || atMs >= found.instance.toMs) return refuse('no-shift', 'No shift runs at this time.');
  const ids = [book.storedIdOf(equipmentId), lineId];
  const revisions = found.stored === undefined ? [] : await store.readRevisions([found.stored.shiftId], ids);
  const signed = revisions.find(({ revision, signature }) => signature?.revision === revision);
  if (signed?.signature) {
    const { by } = signed.signature;
    return refuse('signed', `${by} has signed this shift: what is signed stands. Only late data open it again.`);
  }
  const open = await book.open(equipmentId, found);
  return open ?? refuse('samples-gone', 'The samples of this shift are gone: it cannot be computed again.');
}
