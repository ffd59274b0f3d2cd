import type { Attention } from '../../shared/domain/engine-snapshot.ts';
import { toFailure } from '../bridge.ts';
import type { EngineStore } from './engine-store.ts';

/** One sentence about something that happened, with what to do. */
export interface NoticeEntry {
  readonly id: number;
  readonly tone: 'calm' | 'look' | 'broken';
  /** Where: a stage of the pipeline, or the screen that asked. */
  readonly stage: string;
  readonly text: string;
  readonly nextStep: string;
  /** Null where nothing failed. */
  readonly code: string | null;
  readonly atMs: number;
  /** When it was over; null while it lasts, and for what has no duration. */
  readonly endedAtMs: number | null;
  /** Of an attention of the engine; null for what this window noted. */
  readonly key: string | null;
  /** Put away by the person, or over and read. */
  readonly isClosed: boolean;
}

export type NewNotice = Pick<NoticeEntry, 'tone' | 'stage' | 'text' | 'nextStep'> & { readonly code?: string };

export interface NoticeStore {
  /** The newest first; the same array until something changes. */
  read(): readonly NoticeEntry[];
  onChange(listener: () => void): () => void;
  add(notice: NewNotice): void;
  /** For a call that failed: its own sentence, its code, and what to do. */
  addFailure(stage: string, what: string, error: unknown): void;
  close(id: number): void;
}

/** Older ones are in the log. */
const KEPT = 200;

/** Of one stage and code there may be several objects; their order in the snapshot tells them apart. */
function toKeys(attention: readonly Attention[]): ReadonlyMap<string, Attention> {
  const keyed = new Map<string, Attention>();
  for (const entry of attention) {
    const base = `${entry.stage} ${entry.code}`;
    let key = base;
    for (let place = 2; keyed.has(key); place += 1) key = `${base} ${place}`;
    keyed.set(key, entry);
  }
  return keyed;
}

/** The notices after the engine's attention became this one. `isFirst`: what was there before the window is no news. */
export function afterAttention(
  entries: readonly NoticeEntry[],
  attention: readonly Attention[],
  nowMs: number,
  isFirst: boolean,
): readonly NoticeEntry[] {
  const present = toKeys(attention);
  const isOpen = ({ key, endedAtMs }: NoticeEntry): boolean => key !== null && endedAtMs === null;
  const known = new Set(entries.filter(isOpen).map(({ key }) => key));
  let isChanged = false;
  const followed = entries.map((entry): NoticeEntry => {
    if (!isOpen(entry) || entry.key === null) return entry;
    const now = present.get(entry.key);
    if (now !== undefined && now.text === entry.text && now.nextStep === entry.nextStep) return entry;
    isChanged = true;
    return now === undefined
      ? { ...entry, endedAtMs: nowMs, isClosed: true }
      : { ...entry, text: now.text, nextStep: now.nextStep };
  });
  let nextId = (entries[0]?.id ?? 0) + 1;
  const fresh = [...present].flatMap(([key, entry]): NoticeEntry[] =>
    known.has(key)
      ? []
      : [
          {
            id: nextId++,
            key,
            tone: entry.severity,
            stage: entry.stage,
            text: entry.text,
            nextStep: entry.nextStep,
            code: entry.code,
            atMs: entry.sinceMs > 0 ? entry.sinceMs : nowMs,
            endedAtMs: null,
            isClosed: isFirst,
          },
        ],
  );
  return fresh.length === 0 && !isChanged ? entries : [...fresh.reverse(), ...followed].slice(0, KEPT);
}

/** Past and present notices of this window: what the engine says needs attention, and what a screen notes. */
export function createNoticeStore(engine: EngineStore, nowMs: () => number = Date.now): NoticeStore {
  let entries: readonly NoticeEntry[] = [];
  let isFirst = true;
  const listeners = new Set<() => void>();
  const become = (next: readonly NoticeEntry[]): void => {
    if (next === entries) return;
    entries = next;
    for (const listener of [...listeners]) listener();
  };
  const look = (): void => {
    const state = engine.read();
    if (state.phase !== 'running') return;
    become(afterAttention(entries, state.snapshot.attention, state.snapshot.takenAtMs, isFirst));
    isFirst = false;
  };
  engine.onChange(look);
  look();
  const add = (notice: NewNotice): void => {
    const id = (entries[0]?.id ?? 0) + 1;
    const rest = { atMs: nowMs(), endedAtMs: null, key: null, isClosed: false };
    become([{ ...notice, code: notice.code ?? null, id, ...rest }, ...entries].slice(0, KEPT));
  };
  return {
    read: () => entries,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add,
    addFailure(stage, what, error) {
      const { code, text } = toFailure(error);
      const nextStep = 'Nothing was changed by it; put the cause right and do it again.';
      add({ tone: 'broken', stage, text: `${what}: ${text}`, nextStep, code });
    },
    close: (id) => become(entries.map((entry) => (entry.id === id ? { ...entry, isClosed: true } : entry))),
  };
}
