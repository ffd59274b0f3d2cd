import { createContext, useContext, useSyncExternalStore } from 'react';
import type { EngineSnapshot } from '../../shared/domain/engine-snapshot.ts';
import type { LinesideWorkbench } from '../bridge.ts';
import type { CommandStore } from './command-store.ts';
import type { EngineState, EngineStore } from './engine-store.ts';
import type { NoticeStore } from './notice-store.ts';
import { useTickMs } from './page-clock.ts';
import type { WorkStore } from './work-store.ts';

export interface WorkbenchAccess {
  readonly workbench: LinesideWorkbench;
  readonly engine: EngineStore;
  readonly works: WorkStore;
  readonly commands: CommandStore;
  readonly notices: NoticeStore;
}

export const WorkbenchContext = createContext<WorkbenchAccess | null>(null);

/** For hooks of the frame; screens use those. */
export function useAccess(): WorkbenchAccess {
  const access = useContext(WorkbenchContext);
  if (access === null) throw new Error('a screen stands outside the workbench');
  return access;
}

export const useWorkbench = (): LinesideWorkbench => useAccess().workbench;

export function useEngineState(): EngineState {
  const { engine } = useAccess();
  return useSyncExternalStore(engine.onChange, engine.read);
}

export interface LiveSnapshot {
  readonly snapshot: EngineSnapshot;
  /** The engine's clock now: time of the snapshot plus the time since it came. Ages on screen stand on it. */
  readonly nowMs: number;
  /** Time since the last snapshot came. */
  readonly silentMs: number;
}

/** The snapshot with a time that ticks each second, or null while there is none. */
export function useLiveSnapshot(): LiveSnapshot | null {
  const state = useEngineState();
  const tickMs = useTickMs();
  if (state.phase !== 'running') return null;
  // The tick may be older than the snapshot; time never runs backwards on screen.
  const silentMs = Math.max(0, tickMs - state.receivedMonotonicMs);
  return { snapshot: state.snapshot, nowMs: state.snapshot.takenAtMs + silentMs, silentMs };
}
