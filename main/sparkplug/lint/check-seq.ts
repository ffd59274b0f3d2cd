import { isCommand, type LookedAt } from './looked-at.ts';

/** So many jumps between two streams of seq are no reordering any more. */
const SWITCHES_OF_TWO = 6;

/** seq: there where it is required, absent where it is forbidden, one unbroken count for the node and its devices. */
export function checkSeq({ verb, payload, node, report }: LookedAt): void {
  const { seq } = payload;
  if (verb === 'NDEATH' || isCommand(verb)) {
    if (seq !== undefined) {
      report(verb === 'NDEATH' ? 'death-seq' : 'command-seq', `${verb} has seq ${seq}, required is none`);
    }
    return;
  }
  if (seq === undefined) {
    report('seq-missing', `${verb} has no seq, required is one from 0 to 255`);
    node.nextSeq = undefined;
    return;
  }
  if (verb === 'NBIRTH') {
    if (seq !== 0) report('seq-birth', `NBIRTH has seq ${seq}, required is 0`);
  } else checkStep(seq, node, report);
  node.nextSeq = seq > 255 ? undefined : (seq + 1) % 256;
}

function checkStep(seq: number, node: LookedAt['node'], report: LookedAt['report']): void {
  if (seq > 255) {
    report('seq-gap', `seq is ${seq}, required is one from 0 to 255`);
    return;
  }
  const { nextSeq } = node;
  if (nextSeq === undefined || seq === nextSeq) return;
  const missing = (seq - nextSeq + 256) % 256;
  const what = missing < 128 ? `${missing} missing` : 'a repeated or late one';
  report('seq-gap', `seq ${seq} came where ${nextSeq} is required: ${what}`);
  node.seqSwitchCount = seq === node.otherNextSeq ? node.seqSwitchCount + 1 : 0;
  node.otherNextSeq = nextSeq;
  if (node.seqSwitchCount >= SWITCHES_OF_TWO) {
    report('two-publishers', `seq jumps to and fro between two counts, here ${nextSeq} and ${seq}`);
  }
}
