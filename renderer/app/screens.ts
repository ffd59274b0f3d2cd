/** The screens, in the order of the navigation and of Ctrl+1 … Ctrl+4. */
export const SCREENS = [
  { id: 'overview', title: 'Overview' },
  { id: 'oee', title: 'OEE' },
  { id: 'queue', title: 'Queue' },
  { id: 'tags', title: 'Tags' },
] as const;

export type ScreenId = (typeof SCREENS)[number]['id'];

const isScreenId = (text: string): text is ScreenId => SCREENS.some((screen) => screen.id === text);

export const toHash = (screen: ScreenId): string => `#/${screen}`;

/** The screen a hash names; without one (first load) the remembered screen, else the overview. */
export function parseHash(hash: string, remembered: string | null): ScreenId {
  const name = hash.replace(/^#\/?/, '');
  if (isScreenId(name)) return name;
  return remembered !== null && isScreenId(remembered) ? remembered : 'overview';
}

export interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Screen of Ctrl+1 … Ctrl+4 (Cmd on a Mac), null for any other stroke. */
export function screenOfKey(stroke: KeyStroke): ScreenId | null {
  if (stroke.ctrlKey === stroke.metaKey || stroke.altKey || stroke.shiftKey) return null;
  return SCREENS[Number(stroke.key) - 1]?.id ?? null;
}
