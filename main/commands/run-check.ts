import type { ProbeStep } from '../../shared/domain/probe.ts';
import { composeChecks } from '../compose-checks.ts';
import { isEngineError } from '../platform/engine-error.ts';
import { EXIT, readArguments } from './read-arguments.ts';

const USAGE = 'lineside check --config FILE [--data DIR] [--json]';

interface CheckedPart {
  readonly part: string;
  readonly steps: readonly ProbeStep[];
}

const describeStep = (step: ProbeStep): string => {
  const code = step.code === undefined ? '' : ` (${step.code})`;
  const next = step.nextStep === undefined ? '' : `\n         next: ${step.nextStep}`;
  const word = step.isOdd === true ? 'LOOK' : step.ok ? 'ok  ' : 'FAIL';
  return `  ${word}  ${step.step}: ${step.text}${code}${next}`;
};

/** Parses the site file, then asks every endpoint it names. Prints what was found; returns the exit code. */
export async function runCheck(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(
    words,
    { config: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
    USAGE,
  );
  if (values.config === undefined) {
    print(`name the site file\nusage: ${USAGE}`);
    return EXIT.usage;
  }
  const parts: CheckedPart[] = [];
  const show = (part: CheckedPart): void => {
    parts.push(part);
    if (!values.json) print([part.part, ...part.steps.map(describeStep)].join('\n'));
  };
  try {
    for await (const part of composeChecks({ configFile: values.config, dataFolder: values.data })) show(part);
  } catch (error) {
    if (!isEngineError(error)) throw error;
    show({ part: 'site file', steps: [{ step: 'read', ok: false, code: error.code, text: error.message }] });
  }
  const isOk = parts.every((part) => part.steps.every((step) => step.ok));
  if (values.json) print(JSON.stringify({ ok: isOk, parts }));
  else print(isOk ? 'all checks passed' : 'something is not right, see FAIL above');
  if (isOk) return EXIT.ok;
  return parts.some((part) => part.steps.some((step) => step.code?.startsWith('config/'))) ? EXIT.usage : EXIT.failed;
}
