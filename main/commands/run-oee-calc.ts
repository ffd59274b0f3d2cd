import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { z } from 'zod';
import { type CalculatedFigure, calculateOee, type CalculatorInput, isAbove } from '../../shared/oee/calculate-oee.ts';
import { type Rational, toNumber } from '../../shared/oee/rational.ts';
import { roundFigure, roundPercent } from '../../shared/oee/round-figure.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { ExactAmount, parseExactJson } from './exact-json.ts';
import { EXIT, readArguments } from './read-arguments.ts';

const USAGE = 'lineside oee calc --file FILE|- [--json]';

const Count = ExactAmount.refine(({ denominator }) => denominator === 1n, 'is not a whole number');

const Run = z
  .strictObject({
    idealCycleSeconds: ExactAmount.refine(({ numerator }) => numerator > 0n, 'is 0: an ideal cycle takes time'),
    totalCount: Count,
    goodCount: Count,
  })
  .refine(({ totalCount, goodCount }) => !isAbove(goodCount, totalCount), {
    message: 'is more than totalCount: a good part is a part',
    path: ['goodCount'],
  });

const Input = z
  .strictObject({
    plannedSeconds: ExactAmount,
    runSeconds: ExactAmount,
    calendarSeconds: ExactAmount.optional(),
    runs: z.array(Run),
  })
  .refine(({ plannedSeconds, runSeconds }) => !isAbove(runSeconds, plannedSeconds), {
    message: 'is more than plannedSeconds: run outside of the plan adds to plannedSeconds',
    path: ['runSeconds'],
  })
  .refine(
    ({ plannedSeconds, calendarSeconds }) => calendarSeconds === undefined || !isAbove(plannedSeconds, calendarSeconds),
    { message: 'is less than plannedSeconds: it is all time', path: ['calendarSeconds'] },
  );

const FIGURES = ['availability', 'performance', 'quality', 'oee', 'teep'] as const;
const DECIMALS = 12;

/** @throws EngineError `oee/input-missing`, `oee/input-not-json`, `oee/input-invalid` */
async function readInput(file: string): Promise<CalculatorInput> {
  const name = file === '-' ? 'the standard input' : `the file ${file}`;
  let text: string;
  try {
    text = file === '-' ? await readAll(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    const why = `${name} cannot be read: ${describeError(cause)}. Check the path.`;
    throw new EngineError('oee/input-missing', why, { file }, { cause });
  }
  const parsed = Input.safeParse(parseExactJson(text, name));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `  ${path.map(String).join('.') || 'the input'}: ${message}`,
  );
  throw new EngineError(
    'oee/input-invalid',
    `${name} is not an input of OEE:\n${faults.join('\n')}\nCorrect it; plannedSeconds, runSeconds and runs are needed.`,
    { file },
  );
}

const toFraction = ({ numerator, denominator }: Rational): string => `${numerator}/${denominator}`;

const toJson = ({ exact, cause }: CalculatedFigure) =>
  exact === null
    ? { exact: null, decimal: null, value: null, cause }
    : { exact: toFraction(exact), decimal: roundFigure(exact, DECIMALS), value: toNumber(exact), cause: null };

const describeFigure = (name: string, { exact, cause }: CalculatedFigure): string =>
  exact === null
    ? `${name.padEnd(13)} –          ${cause ?? ''}`
    : `${name.padEnd(13)} ${`${roundPercent(exact, 2)} %`.padEnd(10)} ${toFraction(exact)} = ${roundFigure(exact, DECIMALS)}`;

/**
 * `lineside oee calc`: the engineer's calculator. Reads `{plannedSeconds, runSeconds, calendarSeconds?, runs:
 * [{idealCycleSeconds, totalCount, goodCount}]}`, numbers or decimal texts, and reckons with exactly what is written.
 * `-` reads the standard input.
 */
export async function runOeeCalc(words: readonly string[], print: (text: string) => void): Promise<number> {
  const values = readArguments(words, { file: { type: 'string' }, json: { type: 'boolean' } }, USAGE);
  if (values.file === undefined) throw new EngineError('cli/usage', `name a file, or - for the input\nusage: ${USAGE}`);
  const found = calculateOee(await readInput(values.file));
  if (values.json) {
    const figures = FIGURES.flatMap((name) => {
      const figure = found[name];
      return figure === undefined ? [] : [[name, toJson(figure)] as const];
    });
    print(JSON.stringify({ ...Object.fromEntries(figures), remarks: found.remarks }));
    return EXIT.ok;
  }
  for (const name of FIGURES) {
    const figure = found[name];
    if (figure !== undefined)
      print(describeFigure(name === 'oee' || name === 'teep' ? name.toUpperCase() : name, figure));
  }
  for (const remark of found.remarks) print(remark);
  return EXIT.ok;
}
