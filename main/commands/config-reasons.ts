import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Reason, type ReasonTimeClass } from '../../shared/domain/reason.ts';
import type { ConfigurationStore } from '../config-store/configuration-store.ts';
import { systemClock } from '../platform/clock.ts';
import { describeError, EngineError } from '../platform/engine-error.ts';
import { isoTime, need, withConfiguration } from './open-configuration.ts';
import { EXIT, readArguments } from './read-arguments.ts';

type Print = (text: string) => void;

const OPTIONS = {
  data: { type: 'string' },
  id: { type: 'string' },
  name: { type: 'string', multiple: true },
  parent: { type: 'string' },
  class: { type: 'string' },
  planned: { type: 'boolean' },
  file: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>;

/** `Jam` is English, `de=Stau` German. */
const NAME = /^(?:([a-z]{2,3}(?:-[A-Z]{2})?)=)?(.*)$/s;

/** What is not named is as it was, or for a new one as in its parent. */
function toReason(values: Values, known: readonly Reason[], usage: string): Reason {
  const reasonId = need(values.id, 'the reason (--id)', usage);
  const before = known.find((reason) => reason.reasonId === reasonId);
  const parentReasonId = values.parent ?? before?.parentReasonId ?? null;
  const model = before ?? known.find((reason) => reason.reasonId === parentReasonId);
  const names = (values.name ?? []).map((text) => {
    const [, language = 'en', name = ''] = NAME.exec(text) ?? [];
    return [language, name] as const;
  });
  return {
    reasonId,
    parentReasonId,
    names: { ...before?.names, ...Object.fromEntries(names) },
    // The store refuses what is no such class, and names those that are.
    timeClass: (values.class ?? model?.timeClass ?? need(undefined, 'the class (--class)', usage)) as ReasonTimeClass,
    isPlanned: values.planned ?? model?.isPlanned ?? false,
    retiredAtMs: null,
  };
}

/** @throws EngineError `config/reasons-unreadable`. */
async function readReasons(file: string): Promise<readonly Reason[]> {
  try {
    return z.array(Reason).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : describeError(cause);
    const text = `${file} holds no reasons as "config reasons export" writes them: ${why}`;
    throw new EngineError('config/reasons-unreadable', text, { file }, { cause });
  }
}

function printTree(reasons: readonly Reason[], print: Print): void {
  const printBelow = (parentReasonId: string | null, depth: number): void => {
    for (const reason of reasons.filter((each) => each.parentReasonId === parentReasonId)) {
      const { en = '', ...others } = reason.names;
      const names = [en, ...Object.entries(others).map(([language, name]) => `${language} ${name}`)];
      const retired = reason.retiredAtMs === null ? '' : `  retired ${isoTime(reason.retiredAtMs)}`;
      const id = `${'  '.repeat(depth)}${reason.reasonId}`.padEnd(28);
      const planned = reason.isPlanned ? 'planned' : '';
      print(`${id}  ${reason.timeClass.padEnd(13)}  ${planned.padEnd(7)}  ${names.join(', ')}${retired}`);
      printBelow(reason.reasonId, depth + 1);
    }
  };
  printBelow(null, 0);
}

async function change(what: string, store: ConfigurationStore, values: Values, usage: string): Promise<void> {
  switch (what) {
    case 'list':
    case 'export':
      return;
    case 'add':
      return store.putReason(toReason(values, store.reasons(), usage));
    case 'retire':
      return store.retireReason(need(values.id, 'the reason (--id)', usage), systemClock.nowMs());
    case 'import':
      return store.putReasons(await readReasons(need(values.file, 'the file (--file)', usage)));
    default:
      throw new EngineError('cli/usage', `there is no "config reasons ${what}"\nusage: ${usage}`);
  }
}

/**
 * `lineside config reasons …`: why machines may stand, as a tree. `add` changes a reason that is there; `export`
 * prints JSON that `import` takes, which changes and adds and never takes one away.
 */
export function runReasons(words: readonly string[], print: Print, usage: string): Promise<number> {
  const [what = '', ...rest] = words;
  const values = readArguments(rest, OPTIONS, usage);
  return withConfiguration(values.data, usage, async (store) => {
    await change(what, store, values, usage);
    const reasons = store.reasons();
    if (what === 'export') print(JSON.stringify(reasons, null, 2));
    else if (values.json === true) print(JSON.stringify(reasons));
    else printTree(reasons, print);
    return EXIT.ok;
  });
}
