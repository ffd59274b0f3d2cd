import type { ShiftHead } from '../domain/equipment-shift.ts';
import { ratioText } from './exact-figure.ts';
import { localText, utcIsoText } from './report-time.ts';

/** What the foot of the report says of the signature. */
export type SignOff =
  | { readonly phase: 'too-early'; readonly text: string }
  | { readonly phase: 'unsigned'; readonly text: string }
  | { readonly phase: 'signed'; readonly text: string; readonly facts: readonly SignOffFact[] }
  /** Signed, and changed since by late data or a reason: the old figure stands beside the new one (T9). */
  | { readonly phase: 'outdated'; readonly text: string; readonly facts: readonly SignOffFact[] };

interface SignOffFact {
  readonly label: string;
  readonly value: string;
}

/** `shift` null: there is nothing to sign. */
export function toSignOff(shift: ShiftHead | null, timeZone: string): SignOff {
  if (shift === null) return { phase: 'too-early', text: 'No shift has run yet: there is nothing to sign.' };
  const { signature, revision } = shift;
  if (signature === null) {
    return shift.phase === 'running'
      ? { phase: 'too-early', text: 'The shift is still running: it is signed when it has ended.' }
      : { phase: 'unsigned', text: `Not signed. These are the figures of revision ${revision}.` };
  }
  const facts = [
    { label: 'Signed by', value: signature.by },
    { label: 'At', value: `${localText(signature.atMs, timeZone)} (${utcIsoText(signature.atMs)})` },
    { label: 'Revision', value: String(signature.revision) },
    { label: 'OEE as signed', value: ratioText(signature.oee) },
    { label: 'Comment', value: signature.comment ?? '–' },
  ];
  if (signature.revision === revision) {
    return { phase: 'signed', text: `Revision ${revision} is signed: these are its figures.`, facts };
  }
  const because = shift.revisedBecause === null ? '' : ` (${shift.revisedBecause})`;
  return {
    phase: 'outdated',
    text: `Signed as revision ${signature.revision}, and changed since${because}: this report shows revision ${revision}, which nobody has signed.`,
    facts,
  };
}
