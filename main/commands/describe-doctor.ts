import type { ProbeStep } from '../../shared/domain/probe.ts';
import { printable } from './printable.ts';

export interface ExaminedPart {
  readonly part: string;
  readonly steps: readonly ProbeStep[];
}

const toWord = ({ ok, isOdd, isSkipped }: ProbeStep): string =>
  isSkipped === true ? 'skip' : !ok ? 'FAIL' : isOdd === true ? 'LOOK' : 'ok  ';

function describeStep(step: ProbeStep): string[] {
  const code = step.code === undefined ? '' : ` (${step.code})`;
  return [
    `  ${toWord(step)}  ${step.step.padEnd(18)} ${printable(step.text)}${code}`,
    ...(step.facts ?? []).map((fact) => `${' '.repeat(27)}${printable(fact)}`),
    ...(step.nextStep === undefined ? [] : [`${' '.repeat(8)}next: ${printable(step.nextStep)}`]),
  ];
}

/** The steps of one connection, and at the end the one sentence that counts. */
export function describePart({ part, steps }: ExaminedPart): string {
  const faults = steps.filter(({ ok }) => !ok);
  const [first] = faults;
  const more = faults.length > 1 ? `; ${faults.length - 1} more after it` : '';
  const verdict = first === undefined ? 'every check is good' : `it fails at: ${first.step}${more}`;
  return [printable(part), ...steps.flatMap(describeStep), `  => ${verdict}`].join('\n');
}
