/** The screens, in the order of the navigation and of Ctrl+1 … Ctrl+5. */
export const SCREENS = [
  { id: 'overview', title: 'Overview' },
  { id: 'oee', title: 'OEE' },
  { id: 'queue', title: 'Queue' },
  { id: 'tags', title: 'Tags' },
  { id: 'certificates', title: 'Certificates' },
] as const;

/** Andon fills the window and has no entry in the navigation: `#/andon`, Ctrl+Shift+A, a button on OEE. */
export type ScreenId = (typeof SCREENS)[number]['id'] | 'andon' | EditorId;

/** What OEE stands on, reached from there: `#/oee/calendar`, `#/oee/reasons`. */
const EDITORS = ['calendar', 'reasons'] as const;
type EditorId = (typeof EDITORS)[number];

export const isEditor = (text: string | null | undefined): text is EditorId => EDITORS.some((id) => id === text);

/** What the address of the page names. On OEE: whose page, and which shift; null is the line, the running shift. */
export interface Address {
  readonly screen: ScreenId;
  readonly machineId: string | null;
  readonly shiftFromMs: number | null;
}

export const addressOf = (
  screen: ScreenId,
  machineId: string | null = null,
  shiftFromMs: number | null = null,
): Address => ({ screen, machineId, shiftFromMs });

const isScreenId = (text: string | null | undefined): text is ScreenId =>
  text === 'andon' || isEditor(text) || SCREENS.some((screen) => screen.id === text);

/** `#/oee/machine/Filler/shift/1790000000000`; parts that say nothing are left out. */
export function toHash({ screen, machineId, shiftFromMs }: Address): string {
  const machine = machineId === null ? '' : `/machine/${encodeURIComponent(machineId)}`;
  const shift = shiftFromMs === null ? '' : `/shift/${shiftFromMs}`;
  return `#/${isEditor(screen) ? 'oee/' : ''}${screen}${machine}${shift}`;
}

/** The address a hash names; without one (first load) the remembered screen, else the overview. */
export function parseHash(hash: string, remembered: string | null): Address {
  const [screen, ...rest] = hash.replace(/^#\/?/, '').split('/');
  if (screen === 'oee' && rest.length === 1 && isEditor(rest[0])) return addressOf(rest[0]);
  if (!isScreenId(screen)) return addressOf(isScreenId(remembered) ? remembered : 'overview');
  if (screen !== 'oee') return addressOf(screen);
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

/** Screen of Ctrl+1 … Ctrl+5 and Ctrl+Shift+A (Cmd on a Mac), null for any other stroke. */
export function screenOfKey(stroke: KeyStroke): ScreenId | null {
  if (stroke.ctrlKey === stroke.metaKey || stroke.altKey) return null;
  if (stroke.shiftKey) return stroke.key.toLowerCase() === 'a' ? 'andon' : null;
  return SCREENS[Number(stroke.key) - 1]?.id ?? null;
}
