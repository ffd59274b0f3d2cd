import { expect, it } from 'vitest';
import { absentIngest } from '../engine/absent-ingest.ts';
import type { OeeDesk } from '../engine/ports.ts';
import { EngineError } from '../platform/engine-error.ts';
import { answerOee, RemoteOeeDesk } from './oee-calls.ts';

const QUERY = { equipmentId: 'Filler', beforeMs: 7, limit: 3 };

/** A desk on the other side of a wire that copies, as a thread does. */
function wire(desk: OeeDesk): RemoteOeeDesk {
  const remote = new RemoteOeeDesk((id, question) => {
    void answerOee(desk, structuredClone(question)).then((answer) => remote.answered(id, structuredClone(answer)));
    return true;
  });
  return remote;
}

it('a question reaches the desk with its input, and its answer comes back to who asked', async () => {
  const asked: unknown[] = [];
  class Desk {
    readonly #found = [];
    shifts(query: unknown): Promise<never[]> {
      asked.push(query);
      return Promise.resolve(this.#found);
    }
  }
  const remote = wire(Object.assign(new Desk(), absentIngest.oee, { shifts: Desk.prototype.shifts }));
  await expect(
    Promise.all([remote.shifts(QUERY), remote.shift({ equipmentId: 'x', shiftFromMs: 1 })]),
  ).rejects.toThrow();
  expect(await remote.shifts(QUERY)).toEqual([]);
  expect(asked).toEqual([QUERY, QUERY]);
});

it('a refusal keeps its code across the thread, and a fault becomes one', async () => {
  const remote = wire({
    ...absentIngest.oee,
    shift: () => Promise.reject(new EngineError('oee/no-shift', 'no shift begins then')),
    explain: () => Promise.reject(new Error('boom')),
  });
  await expect(remote.shift({ equipmentId: 'x', shiftFromMs: 1 })).rejects.toMatchObject({
    code: 'oee/no-shift',
    message: 'no shift begins then',
  });
  await expect(remote.explain({ equipmentId: 'x', shiftFromMs: 1, figureId: 'oee' })).rejects.toMatchObject({
    code: 'oee/unexpected',
  });
});

it('nobody waits for a thread that has ended or was never there', async () => {
  const silent = new RemoteOeeDesk(() => true);
  const waiting = silent.shifts(QUERY);
  silent.threadEnded();
  await expect(waiting).rejects.toMatchObject({ code: 'oee/not-running' });
  const absent = new RemoteOeeDesk(() => false);
  await expect(absent.shifts(QUERY)).rejects.toMatchObject({ code: 'oee/not-running' });
});

it('the news of a shift reaches who listens, until they stop', () => {
  const remote = new RemoteOeeDesk(() => false);
  const told: number[] = [];
  const stop = remote.onRevised(({ revision }) => told.push(revision));
  const revised = { equipmentId: 'Filler', shiftFromMs: 0, because: 'late data' };
  remote.shiftRevised({ ...revised, revision: 2 });
  stop();
  remote.shiftRevised({ ...revised, revision: 3 });
  expect(told).toEqual([2]);
});
