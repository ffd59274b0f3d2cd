import { describe, expect, it } from 'vitest';
import type { ExposedBridge } from '../shared/ipc/exposed.ts';
import { BridgeFailure, toFailure, toWorkbench } from './bridge.ts';

const answering = (answer: unknown): { lineside: ExposedBridge } => ({
  lineside: { request: { app: { about: () => Promise.resolve(answer) } }, on: {} },
});

describe('toWorkbench', () => {
  it('gives the parsed value of a good answer', async () => {
    const about = { version: '1', runtime: 'x', isTestRuntime: true };
    await expect(toWorkbench(answering({ ok: true, value: about })).app.about(undefined)).resolves.toEqual(about);
  });

  it('rejects with code and sentence of a failure', async () => {
    const failed = toWorkbench(answering({ ok: false, failure: { code: 'a/b', text: 'No.' } })).app.about(undefined);
    await expect(failed).rejects.toEqual(new BridgeFailure('a/b', 'No.'));
  });

  it.each([undefined, 'text', { ok: true, value: { version: 1 } }, { ok: 'yes' }])(
    'does not pass on the unreadable answer %j',
    async (answer) => {
      const error: unknown = await toWorkbench(answering(answer))
        .app.about(undefined)
        .catch((e: unknown) => e);
      expect(toFailure(error).code).toBe('bridge/bad-answer');
    },
  );

  it('says so when the page runs outside the program', async () => {
    await expect(toWorkbench({}).app.about(undefined)).rejects.toMatchObject({ code: 'bridge/absent' });
  });

  it('drops a fact that does not fit and ends listening when told', () => {
    const listeners = new Set<(payload: unknown) => void>();
    const listen = (listener: (payload: unknown) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    };
    const host = { lineside: { request: {}, on: { engine: { startFailed: listen } } } };
    const told: unknown[] = [];
    const stop = toWorkbench(host).engine.onStartFailed((failure) => told.push(failure));
    for (const listener of listeners) listener({ nonsense: true });
    for (const listener of listeners) listener({ code: 'a/b', text: 'No.' });
    stop();
    expect(told).toEqual([{ code: 'a/b', text: 'No.' }]);
    expect(listeners.size).toBe(0);
  });
});
