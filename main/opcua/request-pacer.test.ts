import { describe, expect, it } from 'vitest';
import { fakeClock } from '../testing/fake-clock.ts';
import { RequestPacer } from './request-pacer.ts';

interface Request {
  readonly promise: Promise<void>;
  answer(): void;
}

function makeRequest(): Request {
  let answer = (): void => {};
  const promise = new Promise<void>((resolve) => (answer = resolve));
  return { promise, answer: () => answer() };
}

/** All promise reactions that can run have run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function startPacer(mostInFlight: number, pauseMs = 0) {
  const clock = fakeClock();
  const stopping = new AbortController();
  const pacer = new RequestPacer({ clock, mostInFlight, pauseMs, signal: stopping.signal });
  const requests = [makeRequest(), makeRequest(), makeRequest()];
  const started: number[] = [];
  const runs = requests.map((request, index) =>
    pacer.run(() => {
      started.push(index);
      return request.promise;
    }),
  );
  for (const run of runs) run.catch(() => {});
  return { clock, stopping, pacer, requests, started, runs };
}

describe('the pace of requests', () => {
  it('keeps no more under way than allowed, in the order asked', async () => {
    const { requests, started } = startPacer(2);
    await settled();
    expect(started).toEqual([0, 1]);
    requests[1]?.answer();
    await settled();
    expect(started).toEqual([0, 1, 2]);
  });

  it('rests after an answer before the next request leaves', async () => {
    const { clock, requests, started } = startPacer(1, 50);
    requests[0]?.answer();
    await settled();
    clock.advanceMs(49);
    await settled();
    expect(started).toEqual([0]);
    clock.advanceMs(1);
    await settled();
    expect(started).toEqual([0, 1]);
  });

  it('sends nothing more once aborted, and waits for what is under way when asked', async () => {
    const { stopping, pacer, requests, started, runs } = startPacer(1);
    const reason = new Error('enough');
    stopping.abort(reason);
    for (const run of runs) await expect(run).rejects.toBe(reason);
    let isSettled = false;
    const settling = pacer.settle().then(() => (isSettled = true));
    await settled();
    expect(isSettled).toBe(false);
    requests[0]?.answer();
    await settling;
    expect(started).toEqual([0]);
  });
});
