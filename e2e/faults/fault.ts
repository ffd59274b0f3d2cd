import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from '../fixtures/line.ts';
import { tempFolder } from '../fixtures/plant.ts';
import { type SeededRandom, seededRandom } from '../fixtures/seeded-random.ts';
import { BufferRun } from './buffer-run.ts';
import { FaultRun } from './fault-run.ts';

/** Annotation under which the reporter finds how the fault was injected. */
export const INJECTION_ANNOTATION = 'injection';
/** Annotation with what this machine lacks for it. */
export const LACKS_ANNOTATION = 'lacks';

export interface FaultFacts {
  /** Its row in fault-matrix.ts; several tests may try one row. */
  readonly number: number;
  /** A sentence that says what costs what, as a test title does. */
  readonly title: string;
  /** How it is brought about, in words for the table. */
  readonly injection: string;
  /** Also part of `npm test`. */
  readonly isFast?: boolean;
  /** The whole test, when 240 s are not enough. */
  readonly limitS?: number;
  /** Commands it needs; without one of them the test is skipped and its row says so. */
  readonly needs?: readonly string[];
  /** Needs to be root, for namespaces, packet filters and mounts. */
  readonly needsRoot?: boolean;
  /** Opens the workbench, for which there must be Electron and a display. */
  readonly needsWindow?: boolean;
}

/** The seed of this run, printed when it starts; playwright.config.ts sets it for the workers. */
const seed = Number(process.env['LINESIDE_FAULT_SEED'] ?? 1);

/** A fault of the matrix as a test: injected for real against a real line. Its result goes to the table. */
export function fault(facts: FaultFacts, body: (run: FaultRun) => Promise<void>): void {
  declare(facts, (title, details) => {
    test(title, details, async ({ line }, testInfo) => {
      if (facts.limitS !== undefined) testInfo.setTimeout(facts.limitS * 1_000);
      const run = new FaultRun(line, randomOf(facts), testInfo);
      try {
        await body(run);
      } finally {
        await run.record();
      }
    });
  });
}

/** A fault of the forward buffer alone, in a process of its own and without a gateway; its `injection` says so. */
export function bufferFault(facts: FaultFacts, body: (run: BufferRun) => Promise<void>): void {
  declare(facts, (title, details) => {
    test(title, details, async ({}, testInfo) => {
      if (facts.limitS !== undefined) testInfo.setTimeout(facts.limitS * 1_000);
      const folder = await tempFolder();
      try {
        await body(new BufferRun(folder.path, randomOf(facts), testInfo));
      } finally {
        await folder.remove();
      }
    });
  });
}

interface TestDetails {
  readonly tag: string[];
  readonly annotation: { type: string; description: string };
}

function declare(facts: FaultFacts, declareTest: (title: string, details: TestDetails) => void): void {
  const title = `#${facts.number} ${facts.title}`;
  const annotation = { type: INJECTION_ANNOTATION, description: facts.injection };
  const details = { tag: facts.isFast === true ? ['@fast'] : [], annotation };
  const lacking = whatLacks(facts);
  if (lacking === undefined) {
    declareTest(title, details);
    return;
  }
  // Before the fixtures are set up; the reason goes to the row.
  const annotations = [annotation, { type: LACKS_ANNOTATION, description: lacking }];
  test.skip(title, { ...details, annotation: annotations }, () => {});
}

const randomOf = ({ number, title }: FaultFacts): SeededRandom => seededRandom(seed, `${number} ${title}`);

function whatLacks({ needs = [], needsRoot, needsWindow }: FaultFacts): string | undefined {
  // Debian's folders for daemons are not on everybody's PATH.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const missing = needs.filter((command) => !folders.some((folder) => existsSync(join(folder, command))));
  if (missing.length > 0) return `this machine has no ${missing.join(', ')}`;
  if (needsRoot === true && process.getuid?.() !== 0) return 'it needs root';
  if (needsWindow === true && process.env['LINESIDE_ELECTRON_PATH'] === undefined) {
    return `no window can be opened here: ${process.env['LINESIDE_WINDOW_LACKS'] ?? 'Electron was not prepared'}`;
  }
  return undefined;
}
