import { expect, it } from 'vitest';
import { silentLog } from '../platform/log.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { Reachability } from './reachability.ts';

function rig(answer: () => Promise<unknown>) {
  const clock = fakeClock();
  let askedCount = 0;
  const tryOnce = (): Promise<unknown> => {
    askedCount += 1;
    return answer();
  };
  const reachability = new Reachability({ clock, log: silentLog, tryOnce });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { clock, reachability, settle, askedCount: () => askedCount };
}

it('asks beside a call that takes long, and is away when there is no answer', async () => {
  const { clock, reachability, settle } = rig(() => Promise.reject(new Error('Query read timeout')));
  reachability.begin();
  reachability.succeeded();
  reachability.begin();
  clock.advanceMs(5_000);
  await settle();
  expect(reachability.state).toMatchObject({ phase: 'away', code: 'historian/unreachable' });
  reachability.close();
});

it('stays connected while a long call only works, and asks nothing when calls end in time', async () => {
  const { clock, reachability, settle, askedCount } = rig(() => Promise.resolve());
  const end = reachability.begin();
  reachability.succeeded();
  end();
  clock.advanceMs(60_000);
  expect(askedCount()).toBe(0);
  reachability.begin();
  clock.advanceMs(5_000);
  await settle();
  expect(askedCount()).toBe(1);
  expect(reachability.state.phase).toBe('connected');
  reachability.close();
});
