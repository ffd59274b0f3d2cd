import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toExitCode } from './read-arguments.ts';
import { runOee } from './run-oee.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lineside-calc-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function calculate(text: string, ...words: string[]): Promise<string> {
  const file = join(folder, 'input.json');
  await writeFile(file, text);
  const lines: string[] = [];
  expect(await runOee(['calc', '--file', file, ...words], (line) => lines.push(line))).toBe(0);
  return lines.join('\n');
}

const input = (change: object = {}): string =>
  JSON.stringify({
    plannedSeconds: 25_200,
    runSeconds: 22_380,
    runs: [{ idealCycleSeconds: 1, totalCount: 19_271, goodCount: 18_848 }],
    ...change,
  });
const exactOf = (json: string): unknown => {
  const found: unknown = JSON.parse(json);
  return Object.fromEntries(
    // The command prints an object of figures.
    Object.entries(found as object).map(([name, figure]: [string, { exact?: string }]) => [name, figure.exact]),
  );
};

it('prints exact fractions beside decimals (G01), and TEEP where the calendar time is given', async () => {
  expect(await calculate(input({ calendarSeconds: 28_800 }))).toBe(
    [
      'availability  88.81 %    373/420 = 0.888095238095',
      'performance   86.11 %    19271/22380 = 0.861081322609',
      'quality       97.80 %    18848/19271 = 0.978049919568',
      'OEE           74.79 %    1178/1575 = 0.747936507937',
      'TEEP          65.44 %    589/900 = 0.654444444444',
    ].join('\n'),
  );
});

it('reckons with what is written, not with the nearest double', async () => {
  const text =
    '{"plannedSeconds": "0.3", "runSeconds": 0.1, "runs": [{"idealCycleSeconds": 1e-20, "totalCount": 9007199254740993, "goodCount": "9007199254740992"}]}';
  expect(exactOf(await calculate(text, '--json'))).toMatchObject({
    availability: '1/3',
    quality: '9007199254740992/9007199254740993',
  });
});

it.each([
  ['nothing ran', input({ runSeconds: 0, runs: [] }), ['0/1', null, null, '0/1']],
  ['nothing was planned', input({ plannedSeconds: 0, runSeconds: 0, runs: [] }), [null, null, null, null]],
  ['no product was run', input({ runs: [] }), ['373/420', '0/1', null, '0/1']],
])('gives a cause where a figure is not defined: %s', async (_when, text, expected) => {
  const found = exactOf(await calculate(text, '--json')) as Record<string, string | null>;
  expect(['availability', 'performance', 'quality', 'oee'].map((name) => found[name])).toEqual(expected);
  expect(await calculate(text)).not.toContain('undefined');
});

it('flags a performance above 102 % and does not cap it', async () => {
  const text = await calculate(input({ runs: [{ idealCycleSeconds: 2, totalCount: 19_271, goodCount: 0 }] }));
  expect(text).toContain('performance   172.22 %');
  expect(text).toContain('above 102 %');
});

it.each([
  ['{', 'oee/input-not-json', 'is not JSON'],
  ['[]', 'oee/input-invalid', 'the input: '],
  [input({ runSeconds: -1 }), 'oee/input-invalid', 'runSeconds: is negative'],
  [input({ runSeconds: 'NaN' }), 'oee/input-invalid', 'runSeconds: is not a finite number'],
  [input({ runSeconds: 25_201 }), 'oee/input-invalid', 'runSeconds: is more than plannedSeconds'],
  [input({ calendarSeconds: 1 }), 'oee/input-invalid', 'calendarSeconds: is less than plannedSeconds'],
  [
    input({ runs: [{ idealCycleSeconds: 0, totalCount: 1, goodCount: 1 }] }),
    'oee/input-invalid',
    'idealCycleSeconds: is 0',
  ],
  [
    input({ runs: [{ idealCycleSeconds: 1, totalCount: 1, goodCount: 2 }] }),
    'oee/input-invalid',
    'goodCount: is more than',
  ],
  [
    input({ runs: [{ idealCycleSeconds: 1, totalCount: 1.5, goodCount: 1 }] }),
    'oee/input-invalid',
    'is not a whole number',
  ],
  [input({ plannedSecond: 1 }), 'oee/input-invalid', 'plannedSecond'],
  ['{"runs": [], "runSeconds": 1e999999999, "plannedSeconds": 1}', 'oee/input-invalid', 'runSeconds: is not a finite'],
])('refuses %s and says where and why', async (text, code, why) => {
  const failure: unknown = await calculate(text).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code, message: expect.stringContaining(why) as string });
  expect(toExitCode(failure)).toBe(2);
});
