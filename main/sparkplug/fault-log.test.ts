import { expect, it } from 'vitest';
import { type Log, silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { FaultLog } from './fault-log.ts';

it('the log of faults forgets kinds when a broker full of invented nodes brings ever new ones', () => {
  const lines: unknown[] = [];
  const log: Log = { ...silentLog, warn: (_text, facts) => void lines.push(facts?.['edgeNode']) };
  const faults = new FaultLog(fakeClock(), log);
  const add = (edgeNode: string): void => faults.add(edgeNode, 'missing-seq', '');
  add('plant/first');
  add('plant/first');
  expect(lines).toEqual(['plant/first']);
  for (let count = 0; count < 50_000; count += 1) add(`plant/invented-${count}`);
  add('plant/first');
  expect(lines.filter((name) => name === 'plant/first')).toHaveLength(2);
  expect(faults.count).toBe(50_003);
});
