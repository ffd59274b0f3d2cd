import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from '../fixtures/line.ts';
import { fault } from './fault.ts';
import type { FaultRun } from './fault-run.ts';

const AFTER_MS = 12_000;
/** What a supervisor sees of a fault of the program (sysexits EX_SOFTWARE). */
const INTERNAL_FAULT = 70;

/** A module that is loaded before the service and fails in it later. */
async function writeFailure(run: FaultRun, statement: string): Promise<readonly string[]> {
  const file = join(run.line.folder, 'failure.mjs');
  await writeFile(
    file,
    `import { isMainThread } from 'node:worker_threads';\nif (isMainThread) setTimeout(() => { ${statement} }, ${AFTER_MS});\n`,
  );
  return ['--import', pathToFileURL(file).href];
}

for (const [words, statement] of [
  ['an error that nobody catches', "throw new Error('injected')"],
  ['a rejection that nobody handles', "Promise.reject(new Error('injected'))"],
] as const) {
  fault(
    {
      number: 57,
      title: `${words} ends the service with its own exit code; the next start goes on`,
      injection: `${statement} in the main thread after ${AFTER_MS / 1_000} s, started again at once`,
    },
    async (run) => {
      const failing = await run.startGateway({ node: await writeFailure(run, statement) });
      expect(await failing.gateway.exited()).toBe(INTERNAL_FAULT);
      expect(failing.gateway.log.at(-1)).toMatchObject({ level: 'error', error: expect.stringContaining('injected') });
      const { start } = await run.prepareGateway();
      const again = start();
      run.over();
      await run.settle(again);
    },
  );
}
