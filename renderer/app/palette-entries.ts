/** What the palette offers under one of its headings. */
export interface PaletteEntry {
  readonly id: string;
  readonly section: 'Recent' | 'On this screen' | 'Screens' | 'Machines' | 'Tags';
  readonly title: string;
  readonly shortcut: string | null;
  readonly run: () => void;
}

/** Entries shown at once: more are found by another letter. */
const MAX_SHOWN = 30;

/** How well a title fits a word: at its beginning, at that of one of its words, somewhere; null not at all. */
function rankWord(title: string, word: string): number | null {
  const at = title.indexOf(word);
  if (at < 0) return null;
  if (at === 0) return 0;
  return title.slice(1).search(new RegExp(`[^\\p{L}\\p{N}]${escapeSigns(word)}`, 'u')) >= 0 ? 1 : 2;
}

const escapeSigns = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Those whose title holds every word that was typed, the best first; without words the recent ones stand first. */
export function findEntries(
  entries: readonly PaletteEntry[],
  query: string,
  recentIds: readonly string[],
): readonly PaletteEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) {
    const recent = recentIds.flatMap((id) => {
      const found = entries.find((entry) => entry.id === id);
      return found === undefined ? [] : [{ ...found, section: 'Recent' as const }];
    });
    return [...recent, ...entries.filter(({ id }) => !recentIds.includes(id))].slice(0, MAX_SHOWN);
  }
  return entries
    .flatMap((entry) => {
      const ranks = words.map((word) => rankWord(entry.title.toLowerCase(), word));
      if (ranks.includes(null)) return [];
      return [{ entry, rank: ranks.reduce<number>((sum, rank) => sum + (rank ?? 0), 0) }];
    })
    .sort((one, other) => one.rank - other.rank)
    .map(({ entry }) => entry)
    .slice(0, MAX_SHOWN);
}

const KEPT_RECENT = 5;

/** The ids chosen last, the newest first. */
export const withRecent = (recentIds: readonly string[], id: string): readonly string[] =>
  [id, ...recentIds.filter((other) => other !== id)].slice(0, KEPT_RECENT);
