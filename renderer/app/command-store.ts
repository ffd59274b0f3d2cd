/** Something a person can do, found by its name in the palette and, where it has one, by its shortcut. */
export interface Command {
  /** Unique in the window, e.g. `queue.export`. */
  readonly id: string;
  /** As on its button: `Export the queue`. */
  readonly title: string;
  /** `Ctrl+Shift+L`, `?`; shown wherever the command is. */
  readonly shortcut?: string;
  readonly run: () => void;
}

export interface CommandStore {
  /** Those of the frame first, then those of the present screen; the same array until something changes. */
  read(): readonly Command[];
  onChange(listener: () => void): () => void;
  /** The commands of one owner from now on; an empty array takes them away. */
  put(owner: string, commands: readonly Command[]): void;
}

/** What can be done now: each part of the window says what it offers as long as it is there. */
export function createCommandStore(): CommandStore {
  const owners = new Map<string, readonly Command[]>();
  const listeners = new Set<() => void>();
  let all: readonly Command[] = [];
  return {
    read: () => all,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    put(owner, commands) {
      if (commands.length === 0) owners.delete(owner);
      else owners.set(owner, commands);
      all = [...owners.values()].flat();
      for (const listener of [...listeners]) listener();
    },
  };
}
