/** The screens, in the order of commissioning, of the navigation and of Ctrl+1 … Ctrl+9, Ctrl+0. */
export const SCREENS = [
  { id: 'overview', title: 'Overview' },
  { id: 'tags', title: 'Tags' },
  { id: 'certificates', title: 'Certificates' },
  { id: 'queue', title: 'Queue' },
  { id: 'oee', title: 'OEE' },
] as const;

/**
 * Andon fills the window and has no entry in the navigation: `#/andon`, Ctrl+Shift+A, a button on OEE. Changes of the
 * configuration stand at the foot of the navigation.
 */
export type ScreenId = (typeof SCREENS)[number]['id'] | 'andon' | 'changes' | EditorId;

/** The shortcut of the screen at that place of the navigation. */
export const keyOfScreen = (index: number): string => `Ctrl+${(index + 1) % 10}`;

/** What OEE stands on, reached from there: `#/oee/calendar`, `#/oee/reasons`. */
const EDITORS = ['calendar', 'reasons'] as const;
type EditorId = (typeof EDITORS)[number];

export const isEditor = (text: string | null | undefined): text is EditorId => EDITORS.some((id) => id === text);

/** What the address of the page names. On OEE: whose page, and which shift; null is the line, the running shift. */
export interface Address {
  readonly screen: ScreenId;
  readonly machineId: string | null;
  readonly shiftFromMs: number | null;
  /** On other screens: the one thing it is opened for, e.g. a tag; `#/tags/Filler.Speed`. */
  readonly detail: string | null;
}

export const addressOf = (
  screen: ScreenId,
  machineId: string | null = null,
  shiftFromMs: number | null = null,
): Address => ({ screen, machineId, shiftFromMs, detail: null });

const isScreenId = (text: string | null | undefined): text is ScreenId =>
  text === 'andon' || text === 'changes' || isEditor(text) || SCREENS.some((screen) => screen.id === text);

/** `#/oee/machine/Filler/shift/1790000000000`; parts that say nothing are left out. */
export function toHash({ screen, machineId, shiftFromMs, detail }: Address): string {
  const machine = machineId === null ? '' : `/machine/${encodeURIComponent(machineId)}`;
  const shift = shiftFromMs === null ? '' : `/shift/${shiftFromMs}`;
  const rest = detail === null ? '' : `/${encodeURIComponent(detail)}`;
  return `#/${isEditor(screen) ? 'oee/' : ''}${screen}${machine}${shift}${rest}`;
}

/** The address a hash names; without one (first load) the remembered screen, else the overview. */
export function parseHash(hash: string, remembered: string | null): Address {
  const [screen, ...rest] = hash.replace(/^#\/?/, '').split('/');
  if (screen === 'oee' && rest.length === 1 && isEditor(rest[0])) return addressOf(rest[0]);
  if (!isScreenId(screen)) return addressOf(isScreenId(remembered) ? remembered : 'overview');
  if (screen !== 'oee') return { ...addressOf(screen), detail: rest.length === 1 ? decodeSafely(rest[0]) : null };
  const machineId = rest[0] === 'machine' ? decodeSafely(rest[1]) : null;
  const shiftText = rest.at(-2) === 'shift' ? rest.at(-1) : undefined;
  return addressOf(
    'oee',
    machineId,
    shiftText !== undefined && /^\d{1,15}$/.test(shiftText) ? Number(shiftText) : null,
  );
}

/** Null for what is no text of an address: people type these. */
function decodeSafely(part: string | undefined): string | null {
  if (part === undefined || part === '') return null;
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

export interface KeyStroke {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Screen of Ctrl+1 … Ctrl+0 and Ctrl+Shift+A (Cmd on a Mac), null for any other stroke. */
export function screenOfKey(stroke: KeyStroke): ScreenId | null {
  if (stroke.ctrlKey === stroke.metaKey || stroke.altKey) return null;
  if (stroke.shiftKey) return stroke.key.toLowerCase() === 'a' ? 'andon' : null;
  return SCREENS.find((_screen, index) => keyOfScreen(index) === `Ctrl+${stroke.key}`)?.id ?? null;
}
