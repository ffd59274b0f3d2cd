import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../../shared/testing/snapshot-fixture.ts';
import { BridgeFailure, type LinesideWorkbench } from '../bridge.ts';
import { createEngineStore } from './engine-store.ts';

type Engine = LinesideWorkbench['engine'];

function workbenchOf(read: Engine['read']) {
  const told: {
    snapshot?: Parameters<Engine['onSnapshotTaken']>[0];
    startFailed?: Parameters<Engine['onStartFailed']>[0];
    failed?: Parameters<Engine['onFailed']>[0];
  } = {};
  const engine: Engine = {
    read,
    onSnapshotTaken: (listener) => {
      told.snapshot = listener;
      return () => {};
    },
    onStartFailed: (listener) => {
      told.startFailed = listener;
      return () => {};
    },
    onFailed: (listener) => {
      told.failed = listener;
      return () => {};
    },
  };
  return { told, workbench: { engine } as LinesideWorkbench };
}

const settled = () => new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(() => resolve())));

describe('engine store', () => {
  it('shows the last snapshot of an engine that runs already', async () => {
    const { workbench } = workbenchOf(() => Promise.resolve(snapshotOf()));
    const store = createEngineStore(workbench, () => 7);
    expect(store.read()).toEqual({ phase: 'starting', sinceMonotonicMs: 7 });
    await settled();
    expect(store.read()).toMatchObject({ phase: 'running', receivedMonotonicMs: 7 });
  });

  it('shows why the engine did not start, also to a window that comes later', async () => {
    const { workbench } = workbenchOf(() => Promise.reject(new BridgeFailure('config/no-file', 'No site file.')));
    const store = createEngineStore(workbench, () => 0);
    await settled();
    expect(store.read()).toEqual({ phase: 'failed', code: 'config/no-file', text: 'No site file.' });
  });

  it('keeps what came by event when the first answer comes later', async () => {
    const { workbench, told } = workbenchOf(() => Promise.resolve(snapshotOf({ takenAtMs: 1 })));
    const store = createEngineStore(workbench, () => 0);
    told.snapshot?.(snapshotOf({ takenAtMs: 2 }));
    await settled();
    expect(store.read()).toMatchObject({ snapshot: { takenAtMs: 2 } });
  });

  it('does not throw away a running picture for one failure', async () => {
    const { workbench, told } = workbenchOf(() => Promise.resolve(null));
    const store = createEngineStore(workbench, () => 0);
    told.snapshot?.(snapshotOf());
    told.startFailed?.({ code: 'a/b', text: 'No.' });
    await settled();
    expect(store.read().phase).toBe('running');
  });

  it('says that a running engine failed and when it is started again, until snapshots come', async () => {
    const { workbench, told } = workbenchOf(() => Promise.resolve(snapshotOf()));
    const store = createEngineStore(workbench, () => 100);
    await settled();
    told.failed?.({ code: 'store-and-forward/ended', text: 'The engine failed.', restartInMs: 800 });
    expect(store.read()).toEqual({
      phase: 'restarting',
      code: 'store-and-forward/ended',
      text: 'The engine failed.',
      restartAtMonotonicMs: 900,
    });
    told.snapshot?.(snapshotOf());
    expect(store.read().phase).toBe('running');
  });
});
