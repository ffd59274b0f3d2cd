import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Reporter, TestCase, TestResult } from 'playwright/types/testReporter';
import { format, resolveConfig } from 'prettier';
import { inRepository } from '../fixtures/child-process.ts';
import { INJECTION_ANNOTATION, LACKS_ANNOTATION } from './fault.ts';
import { type FaultResult, mergeResults, toMarkdownTable, toTextTable } from './fault-results.ts';
import { type FaultMeasure, MEASURE_ATTACHMENT } from './fault-run.ts';

const RESULTS_FILE = inRepository('docs/fault-results.json');
const PAGE_FILE = inRepository('docs/reliability.md');
const BEGIN = '<!-- fault table: written by `npm run faults`, do not edit by hand -->';
const END = '<!-- end of the fault table -->';

/** Prints the table of faults after a run and, when asked to, writes it into the documentation. */
export default class FaultReporter implements Reporter {
  readonly #seen: FaultResult[] = [];

  printsToStdio(): boolean {
    return false;
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const [, number, title] = /^#(\d+) (.*)$/s.exec(test.title) ?? [];
    if (number === undefined || title === undefined || result.status === 'interrupted') return;
    this.#seen.push(toFaultResult(Number(number), title, test, result));
  }

  async onEnd(): Promise<void> {
    if (this.#seen.length === 0) return;
    const known = existsSync(RESULTS_FILE)
      ? (JSON.parse(await readFile(RESULTS_FILE, 'utf8')) as readonly FaultResult[])
      : [];
    const isPartOfNumbers = process.env['LINESIDE_FAULTS'] !== 'all';
    const results = mergeResults(known, this.#seen, isPartOfNumbers ? 'single-tests' : 'whole-numbers');
    process.stdout.write(`\n${toTextTable(this.#seen)}\n\n`);
    if (process.env['LINESIDE_FAULTS_WRITE'] !== '1') return;
    await writeFormatted(RESULTS_FILE, JSON.stringify(results), 'json');
    await writeFormatted(PAGE_FILE, await withTable(toMarkdownTable(results)), 'markdown');
    process.stdout.write(`written to ${PAGE_FILE}\n`);
  }
}

function toFaultResult(number: number, title: string, test: TestCase, result: TestResult): FaultResult {
  const annotation = (type: string): string | undefined =>
    test.annotations.find((each) => each.type === type)?.description;
  const body = result.attachments.find(({ name }) => name === MEASURE_ATTACHMENT)?.body;
  const measure = body === undefined ? undefined : (JSON.parse(body.toString()) as FaultMeasure);
  const verdict = result.status === 'skipped' || result.status === 'passed' ? result.status : 'failed';
  const reason = verdict === 'failed' ? firstLine(result) : (annotation(LACKS_ANNOTATION) ?? annotation('skip'));
  return {
    number,
    title,
    injection: annotation(INJECTION_ANNOTATION) ?? '',
    verdict,
    ...(verdict === 'passed' || reason === undefined ? {} : { reason }),
    seed: Number(process.env['LINESIDE_FAULT_SEED']),
    ...measure,
  };
}

/** Without the colours of a terminal. */
function firstLine(result: TestResult): string {
  return (result.error?.message ?? result.status).replaceAll(/\u001b\[\d+m/g, '').split('\n')[0] ?? '';
}

async function withTable(table: string): Promise<string> {
  const page = await readFile(PAGE_FILE, 'utf8');
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${PAGE_FILE} has no place for the table: ${BEGIN} … ${END}`);
  // Aligned, seventy rows would be as wide as the longest note of all.
  const kept = `<!-- prettier-ignore-start -->\n\n${table}\n\n<!-- prettier-ignore-end -->`;
  return `${page.slice(0, begin)}${BEGIN}\n\n${kept}\n\n${page.slice(end)}`;
}

async function writeFormatted(path: string, text: string, parser: 'json' | 'markdown'): Promise<void> {
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), parser }));
}
