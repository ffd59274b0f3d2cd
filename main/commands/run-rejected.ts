import type { Historian } from '../historian/open-historian.ts';
import type { RejectedFilter, RejectedGroup } from '../historian/rejected-rows.ts';
import { systemClock } from '../platform/clock.ts';
import { EngineError } from '../platform/engine-error.ts';
import { printable } from './printable.ts';
import { EXIT, readArguments } from './read-arguments.ts';
import { withHistorian } from './with-historian.ts';

const USAGE = 'lineside historian rejected list|retry --config FILE [--machine ID] [--reason WORD] [--json]';

type Print = (text: string) => void;
type Action = (historian: Historian, filter: RejectedFilter, isJson: boolean, print: Print) => Promise<void>;

const isoTime = (atMs: number): string => {
  const time = new Date(atMs);
  return Number.isNaN(time.getTime()) ? `${atMs} ms` : time.toISOString();
};

function describeGroup(group: RejectedGroup): string {
  const { oldestTimeMs, newestTimeMs } = group;
  const times =
    oldestTimeMs === null || newestTimeMs === null
      ? 'without a time'
      : `with times ${isoTime(oldestTimeMs)} to ${isoTime(newestTimeMs)}`;
  const name = printable(group.machineId);
  return (
    `  ${String(group.rowCount).padStart(8)}  ${name}: ${printable(group.reason)}, ${times}, ` +
    `received ${isoTime(group.firstAtMs)} to ${isoTime(group.lastAtMs)}`
  );
}

const list: Action = async (historian, filter, isJson, print) => {
  const groups = await historian.listRejected(filter);
  if (isJson) print(JSON.stringify(groups));
  else print(groups.length === 0 ? 'nothing was rejected' : groups.map(describeGroup).join('\n'));
};

const retry: Action = async (historian, filter, isJson, print) => {
  const { storedCount, duplicateCount, remainingCount } = await historian.retryRejected(filter, systemClock.nowMs());
  if (isJson) print(JSON.stringify({ storedCount, duplicateCount, remainingCount }));
  else {
    print(
      `${storedCount} stored, ${duplicateCount} were there already, ${remainingCount} remain: ` +
        'their time is still ahead, they have none, or the database refuses them',
    );
  }
};

const ACTIONS: Readonly<Record<string, Action>> = { list, retry };

/**
 * `lineside historian rejected …`: `list` shows what was set aside, by machine and reason; `retry` stores what has
 * become plausible: a value from the future whose time has come, and what the database once refused and takes now.
 */
export async function runRejected(words: readonly string[], print: Print): Promise<number> {
  const [what = '', ...rest] = words;
  const action = Object.hasOwn(ACTIONS, what) ? ACTIONS[what] : undefined;
  if (action === undefined) {
    throw new EngineError('cli/usage', `there is no "historian rejected ${what}"\nusage: ${USAGE}`);
  }
  const text = { type: 'string' } as const;
  const options = { config: text, machine: text, reason: text, json: { type: 'boolean' } } as const;
  const { config, machine, reason, json = false } = readArguments(rest, options, USAGE);
  if (config === undefined) throw new EngineError('cli/usage', `name the site file\nusage: ${USAGE}`);
  const filter = {
    ...(machine === undefined ? {} : { machineId: machine }),
    ...(reason === undefined ? {} : { reason }),
  };
  await withHistorian(config, (historian) => action(historian, filter, json, print));
  return EXIT.ok;
}
